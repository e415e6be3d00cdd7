"""The report of a check as one HTML page without scripts and without network: verdict and cause first, then where, then everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .escape import xml
from .report_charts import heat_maps, legend, step_curve
from .theme import DARK, LIGHT

MOST_ROWS = 400
#: the table of entries is folded beyond so many
OPEN_ROWS = 40
_MEANING = {
    "pass": "The claimed derivative agrees with an independent reference.",
    "pass-at-kink": "The function has a kink here, and the claimed derivative is a valid choice there (a subgradient).",
    "fail": "The claimed derivative is wrong.",
    "inconclusive": "It could not be decided, for the reasons below.",
}
_SIGN = {"pass": "✓", "pass-at-kink": "✓", "fail": "✗", "inconclusive": "?"}
_EXTRA = {"good": ("#00632b", "#5fd48f"), "bad": ("#b3001b", "#ff7a85"), "doubt": ("#7a4f00", "#f0c060"), "line": ("#d5dae3", "#2d3749")}
_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:var(--background);color:var(--text);font:16px/1.55 Helvetica,Arial,'Liberation Sans',sans-serif}
main{max-width:1000px;margin:0 auto;padding:28px 20px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 12px;overflow-wrap:anywhere}h2{font-size:19px;margin:36px 0 10px}
p{margin:8px 0}.muted,figcaption{color:var(--muted)}
.verdict{display:inline-flex;gap:.5em;align-items:baseline;padding:4px 14px;border:2px solid currentColor;
border-radius:999px;font-weight:700;font-size:18px}
.pass,.pass-at-kink{color:var(--good)}.fail{color:var(--bad)}.inconclusive{color:var(--doubt)}
.cause{border-left:4px solid var(--bad);background:var(--cluster-fill);padding:10px 16px;margin:18px 0;border-radius:0 6px 6px 0}
.cause b{display:block;font-size:13px;letter-spacing:.02em;color:var(--muted)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:15px}
td,th{padding:5px 18px 5px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
th{color:var(--muted);font-weight:400;font-size:14px}.n{text-align:right}td.why{white-space:normal;min-width:14em}
td b{font-weight:700}
figure{margin:18px 0}figcaption{font-size:14px;max-width:46em}.maps{display:flex;flex-wrap:wrap;gap:8px 36px;align-items:flex-start}
figure.map{margin:8px 0;max-width:100%}figure.steps{overflow-x:auto}figure.steps svg{min-width:480px}
svg{max-width:100%;height:auto;display:block}svg text{fill:var(--muted);font-size:12px}
.under{fill:var(--cluster-fill);stroke:var(--line);stroke-width:.6}.cell{fill:var(--bad)}.undecided{fill:var(--muted);fill-opacity:.45}
.cross{stroke:var(--text);stroke-width:1.6;fill:none;stroke-linecap:round}.cross.strong{stroke:var(--background)}
.grid{stroke:var(--line);stroke-width:1;fill:none}.guide{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:6 5;fill:none}
.curve{fill:none;stroke:var(--gate-border);stroke-width:2;stroke-linejoin:round}.dot{fill:var(--gate-border)}
.best{fill:none;stroke:var(--bad);stroke-width:2.5}svg text.strong{fill:var(--text);font-weight:700;font-size:13px}
.legend{display:flex;flex-wrap:wrap;gap:8px;align-items:center;font-size:14px;color:var(--muted)}
details summary{cursor:pointer;color:var(--muted);margin:8px 0}ul{padding-left:1.2em}
@media (max-width:600px){main{padding:18px 14px 48px}h1{font-size:22px}td,th{padding-right:9px;font-size:14px}}
@media print{details{display:block}}
"""


def write_html(data: Mapping[str, Any], title: str) -> str:
    """A whole page from the plain data of a report, with its rows ``ranked``, those ``here``, and the ``arguments`` in numbers.

    >>> rows = {"ranked": [], "here": [], "arguments": [], "rows_total": 0}
    >>> "<h1" in write_html({"verdict": "pass", "notes": [], "causes": [], "power": "", "curve": [], **rows}, "t")
    True
    """
    verdict = data["verdict"]
    parts = [
        f"<h1>{xml(title)}</h1>",
        f'<p><span class="verdict {verdict}"><span aria-hidden="true">{_SIGN[verdict]}</span>{verdict}</span></p>',
        f"<p>{_MEANING[verdict]}</p>",
    ]
    if data.get("interrupted"):
        parts.append("<p><strong>The check was interrupted; this is what was known by then.</strong></p>")
    parts.extend(
        f'<div class="cause"><b>Likely cause, proved by repairing the claim</b>{xml(cause)}</div>' for cause in data.get("causes", ())
    )
    parts.extend((_summary(data["arguments"]), _maps(data["here"])))
    curve = step_curve(data.get("curve") or ())
    if curve:
        parts.append(f"<h2>The step of a difference</h2>{curve}")
    parts.extend((_entries(data["ranked"], data["rows_total"]), _trials(data.get("trials") or ()), _notes(data)))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{verdict}: {xml(title)}</title>\n<style>{_variables()}{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{chr(10).join(part for part in parts if part)}\n</main>\n</body>\n</html>\n"
    )


def _variables() -> str:
    def rules(theme: Mapping[str, str], place: int) -> str:
        return "".join(f"--{role}:{color};" for role, color in theme.items()) + "".join(
            f"--{k}:{pair[place]};" for k, pair in _EXTRA.items()
        )

    return f":root{{color-scheme:light dark;{rules(LIGHT, 0)}}}@media (prefers-color-scheme:dark){{:root{{{rules(DARK, 1)}}}}}"


def _summary(arguments: Sequence[Mapping[str, Any]]) -> str:
    """One line an argument: how many entries, how many wrong, the largest error against what is allowed."""
    if sum(argument["entries"] for argument in arguments) < 2:
        return ""
    lines = []
    for argument in arguments:
        counts = "".join(f'<td class="n">{argument[key]:,}</td>' for key in ("entries", "wrong"))
        largest = "" if argument["excess"] is None else f"{argument['excess']:.2g} × its bound"
        verdict = f'<td class="{argument["verdict"]}">{argument["verdict"]}</td>'
        lines.append(f'<tr><td>{xml(argument["name"])}</td>{counts}<td class="n">{largest}</td>{verdict}</tr>')
    head = '<th>by</th><th class="n">entries</th><th class="n">wrong</th><th class="n">largest error</th><th>verdict</th>'
    return f'<h2>By argument</h2><div class="wide"><table><tr>{head}</tr>{"".join(lines)}</table></div>'


def _maps(rows: Sequence[Mapping[str, Any]]) -> str:
    maps = heat_maps(rows)
    return f'<h2>Where the errors are</h2>{legend()}<div class="maps">{maps}</div>' if maps else ""


def _entries(rows: Sequence[Mapping[str, Any]], total: int) -> str:
    if not rows:
        return ""
    numbers = "".join(f'<th class="n">{name}</th>' for name in ("claimed", "reference", "error", "bound"))
    told = any(row["reason"] for row in rows[:MOST_ROWS])
    head = f"<tr><th>by</th>{numbers}<th>verdict</th>{'<th>reason</th>' if told else ''}</tr>"
    table = f'<div class="wide"><table>{head}{"".join(_row(row, told) for row in rows[:MOST_ROWS])}</table></div>'
    if total > min(len(rows), MOST_ROWS):
        table += f'<p class="muted">… and {total - min(len(rows), MOST_ROWS):,} more entries</p>'
    if len(rows) > OPEN_ROWS:
        table = f"<details><summary>all {total:,} entries, the worst first</summary>{table}</details>"
    methods = dict.fromkeys(row["method"] for row in rows if row.get("method"))
    by = f'<p class="muted">Reference: {xml("; ".join(list(methods)[:4]))}.</p>' if methods else ""
    return f"<h2>Entries</h2>{by}{table}"


def _row(row: Mapping[str, Any], told: bool) -> str:
    index = "[" + ", ".join(map(str, row["index"])) + "]" if row["index"] else ""
    numbers = (row["analytic"], row["reference"], row["error"], row["bound"])
    texts = ["–" if number is None else f"{number:.10g}" if k < 2 else f"{number:.1e}" for k, number in enumerate(numbers)]
    cells = "".join(f'<td class="n">{text}</td>' for text in texts)
    return f'<tr><td>{xml(row["wrt"] + index)}</td>{cells}<td class="{row["verdict"]}">{row["verdict"]}</td>' + (
        f'<td class="why">{xml(row["reason"])}</td></tr>' if told else "</tr>"
    )


def _trials(trials: Sequence[Mapping[str, Any]]) -> str:
    if not trials:
        return ""
    changed = [trial for trial in trials if trial["changed"]]
    caught = sum(trial["caught"] for trial in changed)
    groups = (
        ("missed", "fail", [trial for trial in changed if not trial["caught"]]),
        ("caught", "pass", [trial for trial in changed if trial["caught"]]),
        ("changes nothing here", "muted", [trial for trial in trials if not trial["changed"]]),
    )
    lines = []
    for word, role, told in groups:
        for slip in dict.fromkeys(trial["slip"] for trial in told):
            places = [trial["place"] for trial in told if trial["slip"] == slip and trial["place"]]
            lines.append(f'<tr><td class="{role}">{word}</td><td>{xml(slip)}</td><td>{xml(", ".join(places))}</td></tr>')
    head = "<tr><th></th><th>injected slip</th><th>in the derivative by</th></tr>"
    return (
        f"<h2>Self-test</h2><p>{caught} of {len(changed)} known slips, injected into the claim, are caught at this point.</p>"
        f'<div class="wide"><table>{head}{"".join(lines)}</table></div>'
    )


def _notes(data: Mapping[str, Any]) -> str:
    lines = [xml(note) for note in data.get("notes", ())]
    if data.get("power"):
        lines.append(f"Power: {xml(data['power'])}.")
    if data.get("evaluations"):
        lines.append(f"{data['evaluations']:,} evaluations of the function.")
    return "<h2>Notes</h2><ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>" if lines else ""
