//! Markdown as it is meant. Of what stands in a text only the structure becomes markup, and that is ours; HTML in it is shown as
//! text, and addresses are no links: a page of recordings leads nowhere that a model has chosen.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::html::Html;

/// Bytes of a text that is laid out; a longer one is read as it stands.
const MOST: usize = 64 * 1024;

/// What may stand within one another. What is deeper is told without its frame.
const DEEPEST: usize = 24;

/// Adds a template with a text laid out, which a reader may choose in its place; nothing where it would look the same.
pub(super) fn template(text: &str, html: &mut Html) {
    if text.len() <= MOST && events(text).any(|event| !is_plain(&event)) {
        html.element("template", &[("class", "md")], |html| show(text, html));
    }
}

fn events(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS)
}

/// Whether this is as good as it stands: paragraphs and the lines in them.
fn is_plain(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(tag, Tag::Paragraph | Tag::HtmlBlock),
        Event::End(tag) => matches!(tag, TagEnd::Paragraph | TagEnd::HtmlBlock),
        Event::Text(_) | Event::SoftBreak | Event::Html(_) | Event::InlineHtml(_) => true,
        _ => false,
    }
}

/// How the end of something reads.
enum End {
    Markup(&'static str),
    /// The address of a link or of a picture, unless the text is that itself.
    Address(String),
}

fn show(text: &str, html: &mut Html) {
    let mut open: Vec<End> = Vec::new();
    // Tables do not stand in tables.
    let (mut in_table, mut in_head, mut alignments, mut column) = (false, false, Vec::new(), 0);
    for event in events(text) {
        match event {
            Event::Start(tag) => {
                match &tag {
                    Tag::Table(columns) => {
                        in_table = open.len() < DEEPEST;
                        alignments.clone_from(columns);
                    }
                    Tag::TableHead => (in_head, column) = (true, 0),
                    Tag::TableRow => column = 0,
                    _ => {}
                }
                let aligned = alignments.get(column).copied().unwrap_or(Alignment::None);
                let is_shown = if is_of_table(&tag) { in_table } else { open.len() < DEEPEST };
                let end = match is_shown {
                    true => start(&tag, in_head, aligned, html),
                    false => End::Markup(""),
                };
                open.push(end);
            }
            Event::End(tag) => {
                match tag {
                    TagEnd::TableHead => in_head = false,
                    TagEnd::TableCell => column += 1,
                    _ => {}
                }
                match open.pop() {
                    Some(End::Markup(markup)) => html.markup(markup),
                    Some(End::Address(address)) => html.leaf("span", &[("class", "faint")], &address),
                    None => {}
                }
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => html.text(&text),
            Event::Code(text) => html.leaf("code", &[], &text),
            Event::SoftBreak => html.markup("\n"),
            Event::HardBreak => html.markup("<br>"),
            Event::Rule => html.markup("<hr>"),
            Event::TaskListMarker(done) => html.markup(if done { "☑ " } else { "☐ " }),
            // None of these is asked for.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                html.text(&text)
            }
        }
    }
}

fn is_of_table(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::TableHead | Tag::TableRow | Tag::TableCell)
}

/// Opens something and says how it ends.
fn start(tag: &Tag<'_>, in_head: bool, aligned: Alignment, html: &mut Html) -> End {
    let (opening, closing) = match tag {
        Tag::Paragraph => ("<p>", "</p>"),
        Tag::Heading { level, .. } if *level as usize <= 2 => ("<h5>", "</h5>"),
        Tag::Heading { .. } => ("<h6>", "</h6>"),
        Tag::BlockQuote(_) => ("<blockquote>", "</blockquote>"),
        Tag::CodeBlock(kind) => {
            if let CodeBlockKind::Fenced(language) = kind
                && !language.trim().is_empty()
            {
                html.leaf("p", &[("class", "tag")], language.trim());
            }
            ("<pre class=\"data\" tabindex=\"0\">", "</pre>")
        }
        Tag::HtmlBlock => ("<pre class=\"data\" tabindex=\"0\">", "</pre>"),
        Tag::List(Some(first)) => {
            html.open("ol", &[("start", &first.to_string())]);
            ("", "</ol>")
        }
        Tag::List(None) => ("<ul>", "</ul>"),
        Tag::Item => ("<li>", "</li>"),
        Tag::Emphasis => ("<em>", "</em>"),
        Tag::Strong => ("<strong>", "</strong>"),
        Tag::Strikethrough => ("<s>", "</s>"),
        Tag::Table(_) => (
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table>",
            "</tbody></table></div>",
        ),
        Tag::TableHead => ("<thead><tr>", "</tr></thead><tbody>"),
        Tag::TableRow => ("<tr>", "</tr>"),
        Tag::TableCell => match (in_head, aligned) {
            (true, Alignment::Right) => ("<th class=\"right\">", "</th>"),
            (true, _) => ("<th>", "</th>"),
            (false, Alignment::Right) => ("<td class=\"right\">", "</td>"),
            (false, _) => ("<td>", "</td>"),
        },
        Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. } => ("", ""),
        Tag::Link { dest_url, .. } => return End::Address(format!(" ({dest_url})")),
        Tag::Image { dest_url, .. } => {
            html.markup("<span class=\"faint\">image: </span>");
            return End::Address(format!(" ({dest_url})"));
        }
        // None of these is asked for.
        Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Superscript
        | Tag::Subscript
        | Tag::MetadataBlock(_) => ("", ""),
    };
    html.markup(opening);
    End::Markup(closing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let mut html = Html::default();
        template(text, &mut html);
        html.into_string()
    }

    #[test]
    fn what_people_write_is_laid_out() {
        for (text, wanted) in [
            (
                "# Trip\n\nTake the **train** to *Bergen*:\n\n3. buy\n4. ride\n   - sit\n",
                "<h5>Trip</h5><p>Take the <strong>train</strong> to <em>Bergen</em>:</p>\
                 <ol start=\"3\"><li>buy</li><li>ride<ul><li>sit</li></ul></li></ol>",
            ),
            (
                "| leg | h |\n|---|--:|\n| all | 7 |\n",
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table><thead><tr><th>leg</th>\
                 <th class=\"right\">h</th></tr></thead><tbody><tr><td>all</td><td class=\"right\">7</td></tr></tbody></table></div>",
            ),
            (
                "```sh\nls <b>\n```\n",
                "<p class=\"tag\">sh</p><pre class=\"data\" tabindex=\"0\">ls &lt;b&gt;\n</pre>",
            ),
            ("- [x] ~~no~~ `a&b`\n", "<ul><li>☑ <s>no</s> <code>a&amp;b</code></li></ul>"),
        ] {
            assert_eq!(shown(text), format!("<template class=\"md\">{wanted}</template>"), "{text}");
        }
    }

    #[test]
    fn a_text_that_would_look_the_same_has_no_other_form() {
        for text in
            ["", "Oslo.", "two\nlines", "two\n\nparagraphs, 2 < 3 & a_b_c", "<b>bold</b>", "<div>\nx\n</div>"]
        {
            assert_eq!(shown(text), "", "{text}");
        }
    }

    #[test]
    fn an_address_is_read_and_leads_nowhere() {
        assert_eq!(
            shown(
                "*see* [the table](javascript:alert(1)) ![logo](http://example.com/a.png) <http://example.com>"
            ),
            "<template class=\"md\"><p><em>see</em> the table<span class=\"faint\"> (javascript:alert(1))</span> \
             <span class=\"faint\">image: </span>logo<span class=\"faint\"> (http://example.com/a.png)</span> \
             http://example.com</p></template>"
        );
    }

    #[test]
    fn html_is_text() {
        assert_eq!(
            shown(
                "**a** <img src=x onerror=alert(1)>\n\n<script>\nalert(1)\n</script>\n\n&lt;b&gt; <!-- c -->"
            ),
            "<template class=\"md\"><p><strong>a</strong> &lt;img src=x onerror=alert(1)&gt;</p>\
             <pre class=\"data\" tabindex=\"0\">&lt;script&gt;\nalert(1)\n&lt;/script&gt;\n</pre>\
             <p>&lt;b&gt; &lt;!-- c --&gt;</p></template>"
        );
    }

    #[test]
    fn what_stands_within_what_without_end_has_so_many_frames_and_no_more() {
        let quotes = shown(&format!("{} deep", ">".repeat(60_000)));
        assert_eq!(quotes.matches("<blockquote>").count(), DEEPEST);
        assert!(quotes.contains("deep"));
        for text in ["- ".repeat(30_000), "[".repeat(60_000), "*a ".repeat(20_000), "|".repeat(60_000)] {
            assert!(shown(&text).len() < 4 * text.len());
        }
    }

    /// The names of tags, each end with its start: what is left open, or `None` where one closes what is not open.
    fn left_open(html: &str) -> Option<Vec<String>> {
        let mut open: Vec<String> = Vec::new();
        for piece in html.split('<').skip(1) {
            let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
            match name.strip_prefix('/') {
                Some(name) if open.last().is_some_and(|last| last == name) => drop(open.pop()),
                Some(_) => return None,
                None if ["br", "hr"].contains(&name.as_str()) => {}
                None => open.push(name),
            }
        }
        Some(open)
    }

    const OURS: [&str; 23] = [
        "template",
        "p",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "ol",
        "ul",
        "li",
        "em",
        "strong",
        "s",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
        "code",
        "br",
        "hr",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn whatever_a_text_says_its_tags_are_ours_and_each_has_its_end(
            text in "(\\PC|[<>&\"'/!\\-\\n`*_~#|>\\[\\]() ]|</?(script|p|template|pre)>|<!--|\\]\\]>|\n\n|\\|-\\||- |    |```|\\[a\\]\\(javascript:b\\)|onload=){0,40}"
        ) {
            let html = shown(&text);
            prop_assert_eq!(left_open(&html), Some(Vec::new()), "{}", html);
            for piece in html.split('<').skip(1) {
                let (tag, _) = piece.split_once('>').unwrap();
                let name = tag.trim_start_matches('/').split(' ').next().unwrap();
                prop_assert!(OURS.contains(&name), "{}", tag);
                let attributes = tag.split_once(' ').map_or("", |(_, attributes)| attributes);
                let is_ours = attributes.is_empty()
                    || ["class=\"md\"", "class=\"tag\"", "class=\"faint\"", "class=\"right\"", "class=\"data\" tabindex=\"0\"", "class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"table\""].contains(&attributes)
                    || attributes.strip_prefix("start=\"").is_some_and(|rest| rest.trim_end_matches('"').bytes().all(|b| b.is_ascii_digit()));
                prop_assert!(is_ours, "{}", tag);
            }
        }
    }
}
