package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A certification to be: which network, under which threat, by which verifiers. Each example goes
 * from one verifier to the next until it is certified or falsified, so that the cheap ones come
 * first. Claims are {@link Claims#asEvaluated}: no attack of an evaluation may succeed inside a
 * certificate.
 *
 * <pre>{@code
 * CertificationReport report =
 *     Certification.of(network, ThreatModel.linf(0.1f))
 *         .by(LinearBounds.crown(), BranchAndBound.standard())
 *         .certify(examples);
 * }</pre>
 *
 * @param threat Linf, L2 or L1, bounded
 * @param verifiers in the order in which they are asked
 * @param workers examples at a time, each on a thread of its own; at least 1
 * @param progress is told of every example that is done
 */
public record Certification(
    ReluNetwork network,
    ThreatModel threat,
    List<Verifier> verifiers,
    int workers,
    Progress progress) {

  /** Is told how far a certification has come; by one thread, in the order of the examples. */
  @FunctionalInterface
  public interface Progress {
    /** Says nothing. */
    Progress SILENT = (done, total, certified) -> {};

    /** This many of all examples are done, of which so many are certified. */
    void update(int done, int total, int certified);
  }

  /** Checks that somebody verifies. */
  public Certification {
    verifiers = List.copyOf(verifiers);
    Check.atLeast(1, verifiers.size(), "number of verifiers");
    Check.atLeast(1, workers, "workers");
  }

  /** By CROWN, with a worker for each core. */
  public static Certification of(ReluNetwork network, ThreatModel threat) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Certification(
        network, threat, List.of(LinearBounds.crown()), cores, Progress.SILENT);
  }

  /** By these instead. */
  public Certification by(Verifier... newVerifiers) {
    return new Certification(network, threat, List.of(newVerifiers), workers, progress);
  }

  /** With another number of threads. */
  public Certification withWorkers(int newWorkers) {
    return new Certification(network, threat, verifiers, newWorkers, progress);
  }

  /** Telling somebody how far it is. */
  public Certification withProgress(Progress newProgress) {
    return new Certification(network, threat, verifiers, workers, newProgress);
  }

  /**
   * Verifies every example.
   *
   * @param examples at least one, in the network's domain, labels below its classes
   * @throws CancellationException if this thread is interrupted
   */
  public CertificationReport certify(Examples examples) {
    examples.labels().check(network.classes());
    network.domain().check(examples.inputs());
    Claims claims = Claims.of(network, threat).asEvaluated();
    ExecutorService pool = Executors.newFixedThreadPool(workers, Certification::daemon);
    try {
      List<Future<Verdict>> pending = new ArrayList<>();
      for (int row = 0; row < examples.count(); row++) {
        int one = row;
        pending.add(
            pool.submit(
                () ->
                    verdict(
                        claims.about(
                            examples.inputs().select(one), examples.labels().atRow(one)))));
      }
      return report(pending);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "gauntlet-verifier");
    thread.setDaemon(true);
    return thread;
  }

  private Verdict verdict(Claim claim) {
    Verdict verdict = verifiers.get(0).verify(claim);
    for (int i = 1; i < verifiers.size() && verdict instanceof Verdict.Undecided; i++) {
      verdict = verifiers.get(i).verify(claim);
    }
    return verdict;
  }

  private CertificationReport report(List<Future<Verdict>> pending) {
    List<Verdict> verdicts = new ArrayList<>();
    int certified = 0;
    for (Future<Verdict> future : pending) {
      Verdict verdict = result(future);
      verdicts.add(verdict);
      certified += verdict instanceof Verdict.Certified ? 1 : 0;
      progress.update(verdicts.size(), pending.size(), certified);
    }
    List<String> methods = verifiers.stream().map(Verifier::title).toList();
    return new CertificationReport(threat, network.fingerprint(), methods, verdicts);
  }

  private static Verdict result(Future<Verdict> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the certification was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a verifier failed", e.getCause());
    }
  }
}
