//! Bar charts as SVG, readable on light and dark grounds.

use std::fmt::Write;

use super::text::grouped;

const WIDTH: f64 = 760.0;
const CHART_HEIGHT: f64 = 240.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 52.0;
const LEFT: f64 = 16.0;
const BAR_MAX: f64 = 56.0;
const STYLE: &str = "svg{background:#fff;font:13px system-ui,sans-serif}text{fill:#222}.note{fill:#666;font-size:11px}\
    .a{fill:#1f6feb}.b{fill:#a8b3c2}.axis{stroke:#999}\
    @media(prefers-color-scheme:dark){svg{background:#14171c}text{fill:#e6e6e6}.note{fill:#9aa4b0}\
    .a{fill:#58a6ff}.b{fill:#5b6673}.axis{stroke:#777}}";

/// One chart: groups of two bars.
#[derive(Debug)]
pub(super) struct Chart {
    pub(super) title: String,
    /// What the bars of a group are, in order.
    pub(super) legend: [&'static str; 2],
    pub(super) groups: Vec<Group>,
}

/// A group of bars and what stands under it.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) label: String,
    pub(super) note: String,
    pub(super) values: [f64; 2],
}

/// The charts, one under the other.
pub(super) fn document(charts: &[Chart]) -> String {
    let each = TOP + CHART_HEIGHT + BOTTOM;
    let height = each * charts.len() as f64;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n<style>{STYLE}</style>"
    );
    for (index, chart) in charts.iter().enumerate() {
        let _ = writeln!(out, "<g transform=\"translate(0 {})\">", each * index as f64);
        write_chart(chart, &mut out);
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

fn write_chart(chart: &Chart, out: &mut String) {
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"24\" font-weight=\"600\">{}</text>", escaped(&chart.title));
    for (index, (name, class)) in chart.legend.iter().zip(["a", "b"]).enumerate() {
        let x = LEFT + 220.0 * index as f64;
        let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"34\" width=\"10\" height=\"10\"/>");
        let _ = writeln!(out, "<text class=\"note\" x=\"{}\" y=\"43\">{}</text>", x + 15.0, escaped(name));
    }
    let base = TOP + CHART_HEIGHT;
    let most = chart.groups.iter().flat_map(|group| group.values).fold(f64::MIN_POSITIVE, f64::max);
    let step = (WIDTH - 2.0 * LEFT) / chart.groups.len().max(1) as f64;
    let bar = (step * 0.38).min(BAR_MAX);
    for (index, group) in chart.groups.iter().enumerate() {
        let middle = LEFT + step * (index as f64 + 0.5);
        for (value, (class, x)) in group.values.iter().zip([("a", middle - bar), ("b", middle)]) {
            let height = (value / most * (CHART_HEIGHT - 16.0)).max(0.0);
            let y = base - height;
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                bar - 1.0
            );
            let _ = writeln!(
                out,
                "<text class=\"note\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x + bar / 2.0,
                y - 4.0,
                short(*value)
            );
        }
        for (class, y, text) in [("", base + 18.0, &group.label), ("note", base + 34.0, &group.note)] {
            let _ = writeln!(
                out,
                "<text class=\"{class}\" x=\"{middle:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                escaped(text)
            );
        }
    }
    let right = WIDTH - LEFT;
    let _ = writeln!(out, "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{base}\" x2=\"{right}\" y2=\"{base}\"/>");
}

/// A rate in few characters.
fn short(value: f64) -> String {
    match value {
        value if value >= 1e7 => format!("{:.0}M", value / 1e6),
        value if value >= 1e6 => format!("{:.1}M", value / 1e6),
        value if value >= 1e4 => format!("{:.0}k", value / 1e3),
        value => grouped(value),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[[f64; 2]]) -> Chart {
        let group =
            |values: &[f64; 2]| Group { label: "a<b".to_owned(), note: String::new(), values: *values };
        Chart {
            title: "R&D".to_owned(),
            legend: ["ours", "theirs"],
            groups: values.iter().map(group).collect(),
        }
    }

    #[test]
    fn bars_are_as_high_as_their_share_and_text_is_escaped() {
        let text = document(&[chart(&[[200.0, 50.0], [100.0, 0.0]])]);
        let heights: Vec<_> = text
            .lines()
            .filter(|line| line.contains("<rect") && !line.contains("y=\"34\""))
            .filter_map(|line| line.split("height=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(heights, ["224.0", "56.0", "112.0", "0.0"]);
        assert!(
            text.contains("R&amp;D") && text.contains("a&lt;b") && text.contains("prefers-color-scheme:dark")
        );
        assert_eq!(text.matches("<g ").count(), text.matches("</g>").count());
    }

    #[test]
    fn no_bars_are_no_trouble() {
        for charts in [&[][..], &[chart(&[])], &[chart(&[[0.0, 0.0]])]] {
            let text = document(charts);
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}
