package io.gauntlet.defenses.incident;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A page as GitHub-flavoured Markdown. */
final class Markdown {
  private Markdown() {}

  static String of(Page page) {
    StringBuilder text =
        new StringBuilder("# ").append(Shown.inMarkdown(page.title())).append('\n');
    for (Page.Section section : page.sections()) {
      text.append("\n## ").append(section.heading()).append('\n');
      section.blocks().forEach(block -> text.append('\n').append(of(block)));
    }
    return text.toString();
  }

  private static String of(Page.Block block) {
    if (block instanceof Page.Block.Paragraph paragraph) {
      return Shown.inMarkdown(paragraph.text()) + "\n";
    }
    if (block instanceof Page.Block.Items items) {
      return items.items().stream()
          .map(item -> "* " + Shown.inMarkdown(item) + "\n")
          .collect(Collectors.joining());
    }
    Page.Block.Table table = (Page.Block.Table) block;
    StringBuilder text = new StringBuilder();
    text.append("| ").append(String.join(" | ", table.header())).append(" |\n");
    text.append("|---".repeat(table.header().size())).append("|\n");
    for (var row : table.rows()) {
      text.append(
          IntStream.range(0, row.size())
              .mapToObj(
                  i -> table.quotes(i) ? Shown.quoted(row.get(i)) : Shown.inMarkdown(row.get(i)))
              .collect(Collectors.joining(" | ", "| ", " |\n")));
    }
    return text.toString();
  }
}
