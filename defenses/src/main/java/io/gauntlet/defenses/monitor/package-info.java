/**
 * Monitors: who asks like a thief, and after how many queries it shows.
 *
 * <table><caption>Which notices whom</caption>
 * <tr><th>monitor</th><th>notices</th><th>false alarms</th><th>state</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.monitor.Prada}</td><td>inputs made out of inputs</td>
 * <td>as stated, if calibrated</td><td>inputs and distances of a client</td><td>Juuti 2019</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.monitor.NearDuplicates}</td><td>inputs that nearly
 * repeat</td><td>bounded, if calibrated</td><td>fingerprints of the latest inputs of all</td>
 * <td>Li 2022</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.monitor.OutOfDistribution}</td><td>inputs of another
 * kind</td><td>bounded</td><td>two counts of a client</td><td>betting: Shafer 2021</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.monitor.ClassBalance}</td><td>other shares of classes</td>
 * <td>bounded</td><td>a count for each class of a client</td><td>betting: Shafer 2021</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.monitor.MarginProfile}</td><td>other margins, as at the
 * boundary</td><td>bounded</td><td>ten counts of a client</td><td>betting: Shafer 2021</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.monitor.Ensemble}</td><td>what enough of them do</td>
 * <td>those of its monitors</td><td>alarms of a client</td><td></td></tr>
 * </table>
 *
 * <p>PRADA and near-duplicates come as published, for images, and calibrated. The thresholds of the
 * papers do not fit other data by themselves: on bags of words the first misses thieves whom the
 * calibrated one notices, and the second suspects every honest client ({@code SparseTrafficTest},
 * and {@code StealModelOverRest} on real sentences).
 *
 * <p>Bounded means: for honest clients who draw their queries independently from the reference that
 * the monitor was calibrated on; digits by other writers than those of the calibration are
 * suspected too often ({@code PublishedTrafficTest}). All state is by client name and of fixed
 * size: a client who is not heard of while many others are is forgotten, and starts afresh. So a
 * thief with many names is new to every monitor but {@link
 * io.gauntlet.defenses.monitor.NearDuplicates}, and a thief who asks natural, honestly distributed
 * inputs is noticed by none.
 */
@NullMarked
package io.gauntlet.defenses.monitor;

import org.jspecify.annotations.NullMarked;
