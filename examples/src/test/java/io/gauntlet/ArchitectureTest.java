package io.gauntlet;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.gauntlet.attack.Attack;
import io.gauntlet.attacks.extraction.Imitation;
import io.gauntlet.attacks.extraction.Reconstruction;
import io.gauntlet.attacks.poisoning.Poisoning;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules R1 to R8 of the design, over every module this one can see. */
class ArchitectureTest {
  private static final String[] CORE = {
    "io.gauntlet.model..",
    "io.gauntlet.random..",
    "io.gauntlet.data..",
    "io.gauntlet.train..",
    "io.gauntlet.threat..",
    "io.gauntlet.attack..",
    "io.gauntlet.evaluate..",
    "io.gauntlet.report.."
  };
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.gauntlet");

  @Test
  void r1_imports_flow_one_way() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("random")
        .definedBy("io.gauntlet.random..")
        .layer("model")
        .definedBy("io.gauntlet.model..")
        .layer("data")
        .definedBy("io.gauntlet.data..")
        .layer("train")
        .definedBy("io.gauntlet.train..")
        .layer("threat")
        .definedBy("io.gauntlet.threat..")
        .layer("attack")
        .definedBy("io.gauntlet.attack..")
        .layer("evaluate")
        .definedBy("io.gauntlet.evaluate..")
        .layer("report")
        .definedBy("io.gauntlet.report..")
        .layer("attacks")
        .definedBy("io.gauntlet.attacks..")
        .layer("defenses")
        .definedBy("io.gauntlet.defenses..")
        .layer("djl")
        .definedBy("io.gauntlet.djl..")
        .layer("http")
        .definedBy("io.gauntlet.http..")
        .layer("nd4j")
        .definedBy("io.gauntlet.nd4j..")
        .layer("onnx")
        .definedBy("io.gauntlet.onnx..")
        .layer("junit")
        .definedBy("io.gauntlet.junit..")
        .layer("examples")
        .definedBy("io.gauntlet.examples..")
        .whereLayer("examples")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("junit")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("attacks")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("defenses")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("nd4j")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("onnx")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("djl")
        .mayOnlyBeAccessedByLayers("onnx", "examples")
        .whereLayer("report")
        .mayOnlyBeAccessedByLayers("junit", "examples")
        .whereLayer("evaluate")
        .mayOnlyBeAccessedByLayers("report", "defenses", "junit", "examples")
        .whereLayer("attack")
        .mayOnlyBeAccessedByLayers("evaluate", "report", "attacks", "defenses", "junit", "examples")
        .whereLayer("threat")
        .mayOnlyBeAccessedByLayers(
            "attack", "evaluate", "report", "attacks", "defenses", "junit", "examples")
        .whereLayer("train")
        .mayOnlyBeAccessedByLayers("attacks", "defenses", "examples")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers(
            "djl",
            "nd4j",
            "train",
            "evaluate",
            "report",
            "attacks",
            "defenses",
            "junit",
            "examples")
        .check(ALL);
  }

  @Test
  void r1_core_needs_the_jdk_commons_math_and_gson_only() {
    classes()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage("java..")
                .or(resideInAPackage("javax.imageio.."))
                .or(resideInAPackage("org.jspecify.."))
                .or(resideInAPackage("org.apache.commons.math3.."))
                .or(resideInAPackage("com.google.gson.."))
                .or(DescribedPredicate.describe("core", ArchitectureTest::isCore)))
        .check(ALL);
  }

  private static boolean isCore(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    return element.isPrimitive()
        || List.of(CORE).stream()
            .anyMatch(name -> (element.getPackageName() + "..").startsWith(name));
  }

  @Test
  void r2_packages_have_no_cycles() {
    slices().matching("io.gauntlet.(**)").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void r3_engine_types_stay_in_their_adapter() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.gauntlet.djl..", "io.gauntlet.examples..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(ALL);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.gauntlet.onnx..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnxruntime..")
        .check(ALL);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.gauntlet.nd4j..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..")
        .check(ALL);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..")
        .allowEmptyShould(true)
        .check(ALL);
    noClasses()
        .that()
        .resideOutsideOfPackages("io.gauntlet.defenses..", "io.gauntlet.examples..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.github.bucket4j..", "com.github.benmanes..", "io.micrometer..")
        .check(ALL);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.gauntlet.junit..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.junit..", "org.opentest4j..")
        .check(ALL);
  }

  @Test
  void r4_attacks_are_records() {
    classes()
        .that()
        .implement(Attack.class)
        .or()
        .implement(Reconstruction.class)
        .or()
        .implement(Imitation.class)
        .or()
        .implement(Poisoning.class)
        .should()
        .beRecords()
        .check(ALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.Random",
        "java.util.SplittableRandom",
        "java.util.concurrent.ThreadLocalRandom",
        "java.security.SecureRandom",
        "java.util.random.RandomGeneratorFactory"
      })
  void r5_randomness_comes_from_the_seed_only(String source) {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.gauntlet.random..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(source)
        .check(ALL);
  }

  @Test
  void r5_the_clock_is_read_for_provenance_and_limits_only() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.gauntlet.evaluate.Provenance")
        .and()
        .doNotHaveFullyQualifiedName("io.gauntlet.evaluate.Stopwatch")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .check(ALL);
  }

  @Test
  void r6_library_code_never_prints() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(
        ALL.that(DescribedPredicate.not(resideInAPackage("io.gauntlet.examples.."))));
  }

  @Test
  void r7_there_are_no_drawers() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..misc..", "..impl..")
        .check(ALL);
  }

  @Test
  void estimates_of_distances_cannot_be_taken_for_certificates() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.gauntlet.defenses.certify.clever..",
            "io.gauntlet.examples..",
            "io.gauntlet.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.gauntlet.defenses.certify.clever..")
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage("io.gauntlet.defenses.certify.clever..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.gauntlet.defenses.certify.bounds..", "io.gauntlet.defenses.certify.smoothing..")
        .check(ALL);
  }

  @Test
  void r8_the_rules_see_every_module() {
    assertThat(ALL.size()).isGreaterThan(80);
    assertThat(ALL.stream().map(JavaClass::getPackageName).distinct())
        .contains(
            "io.gauntlet.model",
            "io.gauntlet.evaluate",
            "io.gauntlet.djl",
            "io.gauntlet.http",
            "io.gauntlet.nd4j",
            "io.gauntlet.onnx",
            "io.gauntlet.junit",
            "io.gauntlet.attacks.gradient",
            "io.gauntlet.attacks.noise",
            "io.gauntlet.defenses",
            "io.gauntlet.examples");
  }
}
