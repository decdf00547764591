/**
 * Model extraction: how many queries buy how good a copy.
 *
 * <pre>{@code
 * Oracle oracle = Oracle.of(victim, new Disclosure.LabelOnly(), 2000);
 * Judge judge = Judge.of(victim, heldOut);
 * var stolen = KnockoffNets.standard().extract(oracle, surrogate, pool, judge, Seed.of(1));
 * Fidelity fidelity = judge.fidelity(stolen.surrogate());
 * }</pre>
 *
 * <p>The thief meets the victim through an {@link io.gauntlet.attacks.extraction.Oracle}, which
 * reveals what its {@link io.gauntlet.attacks.extraction.Disclosure} allows and holds the query
 * budget. The owner's {@link io.gauntlet.attacks.extraction.Judge} compares the copy with the
 * victim, at no query's cost. An {@link io.gauntlet.attacks.extraction.Extraction} says what was
 * stolen, for how many queries, and why the attack stopped.
 *
 * <table><caption>Reconstruction: works the parameters out; needs all scores</caption>
 * <tr><th>attack</th><th>for</th><th>queries</th><th>gives</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.EquationSolving}</td><td>logistic and softmax
 * regression</td><td>d + 1 for d features, whatever the classes; more against rounding or
 * noise</td><td>every weight</td><td>Tramèr 2016</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.PathFinding}</td><td>decision trees whose leaves
 * answer with different scores</td><td>some 10 for each face of a leaf's box, of which it has 2
 * d</td><td>every leaf, to the last bit of its thresholds</td><td>Tramèr 2016</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.FunctionallyEquivalent}</td><td>networks of one
 * hidden ReLU layer, scores not rounded</td><td>some 20 to 100 d for each hidden unit, far more
 * where one is hard to find</td><td>a network that answers like it throughout the
 * domain</td><td>Jagielski 2020</td></tr>
 * </table>
 *
 * <table><caption>Imitation: trains a surrogate; any victim, any disclosure</caption>
 * <tr><th>attack</th><th>needs</th><th>queries</th><th>when to pick it</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.KnockoffNets}, random</td><td>a large pool of
 * inputs</td><td>as many as there are</td><td>first: the baseline that the others have to
 * beat</td><td>Orekondy 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.KnockoffNets}, adaptive</td><td>a pool with labels
 * of its own</td><td>as many as there are</td><td>the pool is much wider than what the victim knows
 * about</td><td>Orekondy 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.CopycatCnn}</td><td>a large pool of
 * inputs</td><td>as many as there are</td><td>scores are withheld, or not to be
 * trusted</td><td>Correia-Silva 2018</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.JacobianAugmentation}</td><td>a handful of
 * inputs</td><td>up to twice as many each round, 400 more at most</td><td>there is next to no data;
 * adversarial examples are what is wanted</td><td>Papernot 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.ActiveLearning}</td><td>a pool larger than the
 * budget</td><td>as many as there are</td><td>queries are dear and inputs are not: margin or
 * entropy; k-center where those keep asking the same</td><td>Pal 2020</td></tr>
 * </table>
 *
 * <table><caption>Synthesis: trains a surrogate on inputs made up; needs all scores</caption>
 * <tr><th>attack</th><th>needs</th><th>queries</th><th>when to pick it</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.extraction.DataFreeExtraction}</td><td>a generator to train,
 * not one input</td><td>all that the budget has: tens of thousands for small inputs, the paper's
 * were millions</td><td>nothing resembles what the victim knows about, and queries are
 * cheap</td><td>Truong 2021</td></tr>
 * </table>
 *
 * <p>To write your own, implement {@link io.gauntlet.attacks.extraction.Reconstruction} or {@link
 * io.gauntlet.attacks.extraction.Imitation} as a record. The oracle refuses what the budget does
 * not reach: mind {@link io.gauntlet.attacks.extraction.Oracle#remaining}, and return the best copy
 * there is.
 */
@NullMarked
package io.gauntlet.attacks.extraction;

import org.jspecify.annotations.NullMarked;
