"""How the page looks, on a screen and on A4 paper, where each sheet says which document it is of."""

from linkwright.documents.blocks import Document, words_of
from linkwright.documents.words import shown

LONGEST_RUNNING = 90

STYLE = """
:root{--ink:#1b2733;--muted:#56646f;--rule:#c8d1d9;--accent:#0b4f7d;--soft:#f2f6f9}
*{box-sizing:border-box}
html{font-size:16px;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:66rem;padding:3rem 2.5rem 5rem;color:var(--ink);background:#fff;
font:1rem/1.55 Georgia,"Times New Roman",serif;font-variant-numeric:lining-nums}
h1,h2,th,dt,.kind,.clauses,nav,caption,figcaption{font-family:"Helvetica Neue",Helvetica,Arial,sans-serif}
.kind{margin:0;color:var(--accent);font-size:.8rem;font-weight:600;letter-spacing:.09em;text-transform:uppercase}
h1{margin:.3rem 0 1.6rem;font-size:2.1rem;line-height:1.2;font-weight:600;overflow-wrap:anywhere}
header{border-top:6px solid var(--accent);padding-top:1.6rem}
h2{margin:3rem 0 1rem;padding-bottom:.45rem;border-bottom:1px solid var(--rule);font-size:1.3rem;font-weight:600;
line-height:1.3;display:flex;gap:.8rem;align-items:baseline}
h2>span:first-child{color:var(--accent);min-width:2rem}
.clauses{margin-left:auto;color:var(--muted);font-size:.75rem;font-weight:400;white-space:nowrap;text-decoration:none}
p{margin:.7rem 0;max-width:46rem}
.lead{font-size:1.22rem;line-height:1.5}
nav{margin-top:2rem;padding:1.2rem 1.5rem;background:var(--soft);font-size:.9rem}
nav h2{margin:0 0 .5rem;border:0;padding:0;font-size:1rem}
nav ol{margin:0;padding-left:1.7rem;columns:2;column-gap:3rem}
nav li{break-inside:avoid;padding:.06rem 0}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
dl{margin:1rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.1rem 2.5rem}
dl div{padding:.45rem 0;border-bottom:1px solid var(--rule);break-inside:avoid}
dt{color:var(--muted);font-size:.78rem}
dd{margin:.05rem 0 0;overflow-wrap:anywhere}
.glance{margin:1.4rem 0;padding:.6rem 1.5rem 1rem;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));
background:var(--soft);border-left:6px solid var(--accent)}
.glance dd{font:600 1.12rem/1.35 "Helvetica Neue",Helvetica,Arial,sans-serif}
.wide{overflow-x:auto;margin:1.1rem 0 1.6rem}
figure>.wide,.wide>table{margin:0}
.wide:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
table{width:100%;margin:1.1rem 0 1.6rem;border-collapse:collapse;font-size:.88rem;line-height:1.4}
caption{padding:0 0 .4rem;color:var(--muted);font-size:.82rem;text-align:left}
th{padding:.4rem 1.1rem .4rem 0;border-bottom:2px solid var(--ink);font-size:.76rem;font-weight:600;text-align:left;
vertical-align:bottom}
td,tbody th{padding:.4rem 1.1rem .4rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
tbody th{font:inherit;min-width:6rem}td:nth-child(2){min-width:5.2rem}
th:last-child,td:last-child{padding-right:0}
tr>.fig{text-align:right;font-variant-numeric:lining-nums tabular-nums;white-space:nowrap}
tr>.long{white-space:normal}
td.fig,tbody th.fig{font-family:"Helvetica Neue",Helvetica,Arial,sans-serif;font-size:.84rem}
.sum td,.sum th{border-top:1px solid var(--ink);border-bottom:2px solid var(--ink);font-weight:600}
.good{color:#1f6a45;font-weight:600}.warn{color:#8a5a12;font-weight:600}.bad{color:#a8231d;font-weight:600}
figure{margin:1.4rem 0;break-inside:avoid}
figure svg{display:block;width:100%;height:auto}
figcaption{margin-top:.4rem;color:var(--muted);font-size:.82rem}
summary{padding:.35rem 0;cursor:pointer;color:var(--accent);font-size:.88rem}
pre{margin:0;padding:.8rem 1rem;background:var(--soft);font:.78rem/1.45 ui-monospace,Menlo,Consolas,monospace;
white-space:pre-wrap;overflow-wrap:anywhere}
ul{padding-left:1.3rem;max-width:46rem}
ul.boxes{padding-left:0;list-style:none}
ul.boxes li::before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.7rem;
border:1px solid var(--ink);vertical-align:-.05rem}
@media screen and (max-width:48rem){body{padding:1.5rem 1rem}nav ol{columns:1}figure svg{min-width:44rem}
h2{flex-wrap:wrap;gap:.2rem .8rem}}
@page{size:A4;margin:22mm 16mm 20mm}
@media print{
html{font-size:10.2pt}
details{display:none}
body{max-width:none;padding:0}
nav,.glance{break-inside:avoid}
h2,caption,thead,p:has(+ul),p:has(+.wide){break-after:avoid}
tbody>tr:first-child{break-before:avoid}
h2{margin-top:2rem}
tr,li,figure,dl div{break-inside:avoid}
thead{display:table-header-group}
.wide{overflow:visible}
td,th{padding-right:.7rem}
figure svg{max-height:135mm}
p,li{orphans:3;widows:3}
a{color:inherit;text-decoration:none}
.good,.warn,.bad,nav,th,header,.glance{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
""".replace("\n", "")


def on_paper(document: Document) -> str:
    """What stands at the edges of each sheet: the title, what identifies the document, and the number of the sheet."""
    told = " · ".join(f"{name} {words_of(value)}" for name, value in document.facts[:3])
    return (
        f"@page{{@top-left{{content:{_quoted(document.title)};{_EDGE}}}@top-right{{content:{_quoted(told)};{_EDGE}}}"
        f'@bottom-right{{content:"Page " counter(page) " of " counter(pages);{_EDGE}}}}}'
        "@page:first{@top-left{content:none}@top-right{content:none}}"
    )


_EDGE = "font:7.5pt Helvetica,Arial,sans-serif;color:#56646f"


def _quoted(text: str) -> str:
    """As a string of a style sheet: what could end it, or the sheet, is written by its number."""
    told = shown(text)
    told = told if len(told) <= LONGEST_RUNNING else f"{told[:LONGEST_RUNNING]}…"
    return '"' + "".join(one if one.isalnum() or one in " .,-" else f"\\{ord(one):x} " for one in told) + '"'
