package io.gauntlet.defenses.incident;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A page as one HTML file that loads nothing and runs nothing, whatever the data say. */
final class Html {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%s</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
      h1 { font-size: 1.7rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid #d0d7de; }
      table { border-collapse: collapse; width: 100%%; font-size: .9rem; }
      th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d8dee4; }
      th { background: #f6f8fa; }
      code { font-size: .85rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
      </style>
      </head>
      <body>
      """;

  private Html() {}

  static String of(Page page) {
    String title = Shown.inHtml(page.title());
    StringBuilder text = new StringBuilder(HEAD.formatted(title));
    text.append("<h1>").append(title).append("</h1>\n");
    for (Page.Section section : page.sections()) {
      text.append("<h2>").append(Shown.inHtml(section.heading())).append("</h2>\n");
      section.blocks().forEach(block -> text.append(of(block)));
    }
    return text.append("</body>\n</html>\n").toString();
  }

  private static String of(Page.Block block) {
    if (block instanceof Page.Block.Paragraph paragraph) {
      return "<p>" + Shown.inHtml(paragraph.text()) + "</p>\n";
    }
    if (block instanceof Page.Block.Items items) {
      return items.items().stream()
          .map(item -> "<li>" + Shown.inHtml(item) + "</li>\n")
          .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
    }
    Page.Block.Table table = (Page.Block.Table) block;
    String head =
        table.header().stream()
            .map(name -> "<th>" + Shown.inHtml(name) + "</th>")
            .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    return table.rows().stream()
        .map(row -> row(table, row))
        .collect(Collectors.joining("", "<table>\n" + head, "</table>\n"));
  }

  private static String row(Page.Block.Table table, List<String> row) {
    return IntStream.range(0, row.size())
        .mapToObj(
            i -> {
              String cell = Shown.inHtml(row.get(i));
              return "<td>" + (table.quotes(i) ? "<code>" + cell + "</code>" : cell) + "</td>";
            })
        .collect(Collectors.joining("", "<tr>", "</tr>\n"));
  }
}
