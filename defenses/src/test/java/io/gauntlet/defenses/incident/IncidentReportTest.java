package io.gauntlet.defenses.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gauntlet.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentReportTest {
  @TempDir Path folder;

  private static Incident quoting(String content) {
    return Incidents.with(
        List.of(Incidents.source("reports", 10, 1)),
        List.of(),
        List.of(Incidents.row("reports", content)));
  }

  @Test
  void the_markdown_says_everything_in_this_order() {
    assertThat(IncidentReport.markdown(Incidents.repaired()))
        .isEqualTo(
            """
            # Spam passes

            ## What was found

            Backdoor. Of 3000 rows of 3 sources, 30 are quarantined and 2970 accepted; 30 of those in quarantine may be poisoned.

            ## What to do

            | action | because | mitigation |
            |---|---|---|
            | Replace spam-1 by spam-2 | Accuracy 97.8 % (978 of 1000, 95 % interval 96.7 % to 98.6 %) instead of 98.0 % (980 of 1000, 95 % interval 96.9 % to 98.8 %); attacks on spam-1 succeed in 95.0 % (190 of 200, 95 % interval 91.0 % to 97.6 %); attacks on spam-2 succeed in 1.0 % (2 of 200, 95 % interval 0.1 % to 3.6 %) | AML.M0007 Sanitize Training Data, AML.M0008 Validate AI Model |
            | Take nothing more from reports, ask who could write to it, and have somebody read the 970 rows accepted from it | 30 of 30 suspected rows are from it, which has 1000 of 3000 rows screened (corrected p = 1.1e-14) | AML.M0025 Maintain AI Dataset Provenance, AML.M0019 Control Access to AI Models and Data in Production |

            ## What is not known

            * Whether poison is left among the 2970 accepted rows: nothing was found against them, which proves nothing

            ## Models, before and after

            | when | model | accuracy | attack success |
            |---|---|---|---|
            | never poisoned | spam-0 | 98.1 % (981 of 1000, 95 % interval 97.0 % to 98.9 %) | 0.5 % (1 of 200, 95 % interval 0.0 % to 2.8 %) |
            | before | spam-1 | 98.0 % (980 of 1000, 95 % interval 96.9 % to 98.8 %) | 95.0 % (190 of 200, 95 % interval 91.0 % to 97.6 %) |
            | after | spam-2 | 97.8 % (978 of 1000, 95 % interval 96.7 % to 98.6 %) | 1.0 % (2 of 200, 95 % interval 0.1 % to 3.6 %) |

            ## Sources

            | source | read | accepted | quarantined | suspected | SHA-256 |
            |---|---|---|---|---|---|
            | carrier | 1000 | 1000 | 0 | 0 | `DIGEST` |
            | reports | 1000 | 970 | 30 | 30 | `DIGEST` |
            | web | 1000 | 1000 | 0 | 0 | `DIGEST` |

            ## Findings

            | by | part | about | ruling | rows | flagged | threshold | evidence |
            |---|---|---|---|---|---|---|---|
            | clustering | class 0 | poison | complaint | 2600 | 30 | 2.50 | `two groups, 3.1 deviations apart` |
            | clustering | class 1 | poison | nothing found | 400 | 0 | 2.50 | `two groups, 3.1 deviations apart` |

            ## Suspected rows

            1 of 30, written as their authors wrote them; characters that do not show, or could pass for markup, as escapes.

            | source | line | stopped by | detail | content |
            |---|---|---|---|---|
            | reports | 7 | clustering | `stands apart` | `win cash, see you at the harbour` |

            ## Timeline

            | when (UTC) | what |
            |---|---|
            | 2026-03-01T08:00:00Z | Ingestion began |
            | 2026-03-01T08:01:00Z | 30 rows were quarantined |

            ## Catalogues

            | catalogue | id | title |
            |---|---|---|
            | MITRE ATLAS 5.6.0 | AML.T0020 | Poison Training Data |
            | OWASP ML Security Top 10, 2023 draft | ML02:2023 | Data Poisoning Attack |
            | MITRE ATLAS 5.6.0 | AML.T0018.000 | Manipulate AI Model: Poison AI Model |
            | MITRE ATLAS 5.6.0 | AML.T0043.004 | Craft Adversarial Data: Insert Backdoor Trigger |
            | NIST AI 100-2e2025 | NISTAML.023 | Backdoor Poisoning |
            """
                .replace("DIGEST", "ab".repeat(32)));
  }

  @Test
  void the_html_has_the_same_sections_and_nothing_to_load_or_run() {
    String html = IncidentReport.html(Incidents.repaired());
    String markdown = IncidentReport.markdown(Incidents.repaired());
    assertThat(
            html.lines()
                .filter(line -> line.startsWith("<h2>"))
                .map(line -> line.replaceAll("<.*?>", "")))
        .isEqualTo(
            markdown
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .toList());
    assertThat(html)
        .contains("default-src 'none'")
        .contains("<td>reports</td><td>1000</td><td>970</td><td>30</td><td>30</td>")
        .doesNotContain("<script", "src=", "href=", "url(");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "</code></td></table><img src=x onerror=alert(1)>",
        "\"><svg onload='alert(1)'>",
        "&lt;script&gt;",
      })
  void what_a_row_says_is_text_in_html(String content) {
    String harmless = IncidentReport.html(quoting("harmless"));
    String html = IncidentReport.html(quoting(content));
    assertThat(html.replaceAll("[^<>]", "")).isEqualTo(harmless.replaceAll("[^<>]", ""));
    String shown = html.replaceAll("(?s).*stands apart</code></td><td><code>(.*?)</code>.*", "$1");
    assertThat(
            shown
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&"))
        .isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "`code` ends | here | and a cell",
        "a\\|b\\`c",
        "line\n# heading\r\n* item",
        "[a link](javascript:alert(1)) http://evil.example <b>",
        "``` fence",
        "   ",
      })
  void what_a_row_says_neither_ends_its_cell_nor_its_code_in_markdown(String content) {
    List<String> harmless = IncidentReport.markdown(quoting("harmless")).lines().toList();
    List<String> lines = IncidentReport.markdown(quoting(content)).lines().toList();
    assertThat(lines).hasSameSizeAs(harmless);
    String row =
        lines.stream().filter(line -> line.startsWith("| reports | 7 ")).findFirst().orElseThrow();
    assertThat(row.chars().filter(c -> c == '|')).hasSize(6);
    assertThat(row.chars().filter(c -> c == '`')).hasSize(content.isBlank() ? 2 : 4);
  }

  @Test
  void what_does_not_show_or_turns_a_line_around_is_an_escape() {
    String content =
        "a\u202eb\u200bc\u0007d\u001be\ud800 f\u00a0g \u0645\u0631\u062d\u0628\u0627 \ud83d\ude00";
    String shown =
        "a\\u202eb\\u200bc\\u0007d\\u001be\\ud800 f\\u00a0g \u0645\u0631\u062d\u0628\u0627 \ud83d\ude00";
    assertThat(IncidentReport.html(quoting(content))).contains("<code>" + shown + "</code>");
    assertThat(IncidentReport.markdown(quoting(content))).contains("`" + shown + "`");
  }

  @Test
  void titles_and_names_are_no_markup_either() {
    Incident incident =
        new Incident(
            "<b>www.evil.example</b> *x*",
            Kind.AVAILABILITY,
            List.of(),
            List.of(Incidents.source("<i>a|b</i>", 10, 0)),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(IncidentReport.html(incident)).doesNotContain("<b>", "<i>");
    assertThat(IncidentReport.markdown(incident))
        .startsWith("# `<b>www.evil.example</b> *x*`\n")
        .contains("| `<i>a\\u007cb</i>` |");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a\u202e\"\\\u0000\u2028</script>\ud83d\ude00\n"})
  void json_comes_back_as_it_was(String content) throws IOException {
    Incident incident =
        Incidents.repaired()
            .withFindings(List.of(Incidents.notJudged()))
            .withEvents(List.of(new Event(Instant.EPOCH, content)));
    IncidentReport.write(incident, folder);
    assertThat(IncidentReport.read(folder.resolve("incident.json"))).isEqualTo(incident);
    Incident bare = quoting(content);
    IncidentReport.write(bare, folder);
    assertThat(IncidentReport.read(folder.resolve("incident.json"))).isEqualTo(bare);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder("incident.md", "incident.html", "incident.json");
    }
  }

  @Test
  void json_has_what_follows_too() {
    assertThat(IncidentReport.json(Incidents.repaired()))
        .contains("\"classifications\"", "\"NISTAML.023\"", "\"actions\"", "\"unknowns\"")
        .contains("\"before\": {", "\"at\": \"2026-03-01T08:00:00Z\"", "\"threshold\": 2.5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"title\": \"x\"}", "not json", "{\"title\":"})
  void what_is_no_incident_is_refused_by_name(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("incident.json"), text);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> IncidentReport.read(file))
        .withMessageContaining("incident.json: an incident must");
  }

  @Test
  void an_account_that_somebody_changed_is_refused() throws IOException {
    String changed =
        IncidentReport.json(Incidents.repaired()).replace("\"accepted\": 970", "\"accepted\": 971");
    Path file = Files.writeString(folder.resolve("incident.json"), changed);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> IncidentReport.read(file))
        .withMessageContaining("971 + 30 are not 1000");
  }

  @Test
  void numbers_are_the_same_in_every_country() {
    String here = IncidentReport.markdown(Incidents.repaired());
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(IncidentReport.markdown(Incidents.repaired())).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }
}
