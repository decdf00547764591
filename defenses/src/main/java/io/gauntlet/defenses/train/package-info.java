/**
 * Ways to train that are meant to leave a model harder to fool.
 *
 * <table><caption>What each is worth</caption>
 * <tr><th>training</th><th>paper</th><th>against an attacker who knows it</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.Distillation}</td><td>Papernot 2016</td><td>nothing:
 * broken by Carlini, Wagner 2017</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.LabelSmoothing}</td><td>Szegedy 2016</td><td>little: a
 * regulariser</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.defenses.train;

import org.jspecify.annotations.NullMarked;
