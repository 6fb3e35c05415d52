"""How pictures look: one set of rules, with colours for light and for dark pages."""

from string import Template

from tee_rider.model_check.export.markup import Markup

FONT = "ui-sans-serif,system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,sans-serif"
WAVE_COLOURS = 4
"""Waves take turns with so many colours; neighbours differ."""
SOURCE_COLOURS = 6

LIGHT = {
    "paper": "#ffffff", "frame": "#d9dde5", "ink": "#1d2433", "faint": "#667085",
    "line": "#8d97a8", "weak": "#c2410c", "gold": "#b58100", "star": "#e6a700", "bad": "#c01048",
    "wave0": "#c7dcff", "wave1": "#bfead0", "wave2": "#ddd0ff", "wave3": "#b9e6ef",
    "source0": "#2f6fdb", "source1": "#c2571a", "source2": "#1f8a55", "source3": "#8a4fd0",
    "source4": "#c0397f", "source5": "#0f8799",
}  # fmt: skip
DARK = {
    "paper": "#14181f", "frame": "#343b48", "ink": "#e7eaf0", "faint": "#98a2b3",
    "line": "#7c8698", "weak": "#fb923c", "gold": "#f0bd3a", "star": "#f0bd3a", "bad": "#ff6b8b",
    "wave0": "#23467f", "wave1": "#1d5b3e", "wave2": "#4a3786", "wave3": "#17545f",
    "source0": "#7db0ff", "source1": "#f59d63", "source2": "#58c98f", "source3": "#bd97f5",
    "source4": "#f283b8", "source5": "#4cc3d4",
}  # fmt: skip

COLOURS = Template(
    """
.paper{fill:$paper;stroke:$frame}
.plain{stroke:none}
text{fill:$ink}
.faint{fill:$faint}
.bad,.bad tspan{fill:$bad}
.halo{stroke:$paper}
.strong{stroke:$line}
.walk{stroke:$star}
.weak{stroke:$weak}
.node{fill:$paper;stroke:$ink}
.faulty .node{stroke:$bad}
.ring{stroke:$gold}
.star{fill:$star;stroke:$gold}
.walked .star{fill:$paper}
.dot{fill:$star;stroke:$paper}
.lane{stroke:$frame}
.coin{fill:$paper;stroke:$gold}
.tick{fill:$faint}
.cross{stroke:$bad}
"""
)
WAVE = Template(".w$i .node,.band.w$i{fill:$colour}")
SOURCE = Template(".s$i{fill:$paper;stroke:$colour}.full.s$i{fill:$colour}")

SHAPES = f"""
svg{{font-family:{FONT};font-size:12px}}
text{{text-anchor:middle}}
.start{{text-anchor:start}}
.title{{font-size:16px;font-weight:600}}
.name{{font-size:13px;font-weight:600}}
.order{{font-size:9.5px}}
.small{{font-size:10px}}
.heading{{font-weight:600}}
.halo{{stroke-width:3px;paint-order:stroke;stroke-linejoin:round}}
.band{{opacity:.28}}
.bar{{opacity:1}}
.strong,.weak,.walk,.message{{fill:none;stroke-linecap:round}}
.strong{{stroke-width:1;opacity:.6}}
.walk{{stroke-width:3;opacity:.85}}
.weak{{stroke-width:1.6;stroke-dasharray:5 4}}
.message{{stroke-width:1.3;opacity:.45}}
.unseen{{stroke-dasharray:3 3}}
.node{{stroke-width:1.3}}
.faulty{{stroke-width:1.6}}
.ring{{fill:none;stroke-width:2}}
.ring.open{{stroke-dasharray:2.5 3}}
.star,.dot,.coin{{stroke-width:1.2;stroke-linejoin:round}}
.lane{{stroke-width:1.5}}
.event{{stroke-width:1.8}}
.cross{{fill:none;stroke-width:2.4;stroke-linecap:round}}
"""


def style_sheet() -> Markup:
    """Rules for both kinds of page; the browser's preference chooses."""
    dark = f"@media(prefers-color-scheme:dark){{{_colours(DARK)}}}"
    return Markup(SHAPES.strip() + "\n" + _colours(LIGHT) + "\n" + dark)


def page_colours() -> Markup:
    """The same colours as variables, for the parts of a page that are no picture."""
    light, dark = (
        ":root{" + "".join(f"--{name}:{colour};" for name, colour in palette.items()) + "}"
        for palette in (LIGHT, DARK)
    )
    return Markup(f"{light}\n@media(prefers-color-scheme:dark){{{dark}}}")


def _colours(palette: dict[str, str]) -> str:
    waves = [WAVE.substitute(i=i, colour=palette[f"wave{i}"]) for i in range(WAVE_COLOURS)]
    sources = [
        SOURCE.substitute(i=i, colour=palette[f"source{i}"], paper=palette["paper"])
        for i in range(SOURCE_COLOURS)
    ]
    return "\n".join([COLOURS.substitute(palette).strip(), *waves, *sources])
