"""The DAG as a picture: bands for waves, boxes for vertices, lines for edges."""

from tee_rider.model_check.export.dag_layout import NODE_HEIGHT, TOP, Layout, lay_out, path
from tee_rider.model_check.export.dag_view import DagView, Node, Standing, WaveView
from tee_rider.model_check.export.dag_words import describe_node, subtitle, title, verdict
from tee_rider.model_check.export.legend import Entry, draw_legend
from tee_rider.model_check.export.markup import Markup, element, number, words
from tee_rider.model_check.export.shapes import box, document, dot, ring, star, text
from tee_rider.model_check.export.style import WAVE_COLOURS, style_sheet
from tee_rider.spec.configuration import round_in_wave, wave_of
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import VertexId

MARGIN = 22.0


def draw_dag(view: DagView, steppable: bool = False) -> Markup:
    """The picture of a DAG: x = round, y = source; edges lead to the left, to older rounds.

    With ``steppable`` it has no style of its own, and every part that a page may show or hide.
    """
    layout = lay_out(view)
    parts = [
        text((MARGIN, 26), title(view), "start title", "whose"),
        text((MARGIN, 48), subtitle(view), "start faint"),
        *(_band(layout, wave) for wave in view.waves),
        *_axes(view, layout),
        *_edges(view, layout),
    ]
    for index, node in enumerate(view.nodes):
        parts.append(_vertex(view, layout, index, node, steppable))
    right = max(layout.right + MARGIN, 640.0)
    legend, end = draw_legend(_legend(view), MARGIN, right - MARGIN, layout.bottom + 12)
    style = Markup("") if steppable else style_sheet()
    return document(right, end + 12, title(view), style, parts + legend)


def vertex_classes(node: Node, faulty: bool) -> str:
    """What the style sheet needs to know of a vertex."""
    classes = ["vertex"] + ["faulty"] * faulty
    if node.wave is not None:
        classes.append(f"delivered w{node.wave % WAVE_COLOURS}")
    if node.standing is not Standing.PLAIN:
        classes.append("leader")
    if node.standing in (Standing.DIRECT, Standing.WALKED_BACK):
        classes.append("direct" if node.standing is Standing.DIRECT else "walked")
    if node.supports:
        classes.append("supporter")
    return " ".join(classes)


def order_text(positions: tuple[int, ...]) -> str:
    """#12 is the 12th vertex delivered; #3/5 shows that replicas disagree."""
    return "#" + "/".join(map(str, positions)) if positions else ""


def _band(layout: Layout, wave: WaveView) -> Markup:
    left, right = layout.band(wave.number)
    colour = f"w{wave.number % WAVE_COLOURS}"
    place = {"x": left + 2, "width": right - left - 4}
    middle, wide = (left + right) / 2, right - left > layout.pitch * 1.5
    said = "bad" if len(wave.committed) > 1 or len(wave.leaders) > 1 else "faint"
    said += " wide" if wide else ""
    return element(
        "g",
        element("rect", class_=f"band {colour}", y=TOP, height=layout.bottom - TOP, rx=8, **place),
        element("rect", class_=f"band bar {colour}", y=TOP, height=5, rx=2.5, **place),
        text((middle, TOP + 19), f"wave {wave.number}", "heading"),
        text((middle, TOP + 35), verdict(wave, wide), said, f"verdict{wave.number}"),
        class_="wave",
    )


def _axes(view: DagView, layout: Layout) -> list[Markup]:
    labels = [text((MARGIN, layout.bottom - 12), "round", "start faint")]
    for round_ in range(layout.first, layout.last + 1):
        labels.append(text((layout.x(round_), layout.bottom - 12), str(round_), "faint"))
    for replica in range(layout.rows):
        bad = " bad" if replica in view.excerpt.faulty else ""
        where = (MARGIN, layout.y(replica))
        labels.append(text(where, replica_name(replica), f"start title{bad}"))
        if bad:
            labels.append(text((MARGIN, where[1] + 16), "faulty", "start small bad"))
    return labels


def _edges(view: DagView, layout: Layout) -> list[Markup]:
    strong: list[Markup] = []
    weak: list[Markup] = []
    # Many replicas have edges everywhere: fainter ones let the busy places show.
    faint = number(8 / layout.rows) if layout.rows > 8 else None
    for index, node in enumerate(view.nodes):
        if node.strong:
            lines = "".join(layout.strong_edge(node.id, lower) for lower in node.strong)
            id_ = f"strong{index}"
            strong.append(element("path", class_="strong", id=id_, stroke_opacity=faint, d=lines))
        if node.weak:
            lines = "".join(layout.weak_edge(node.id, lower) for lower in node.weak)
            weak.append(element("path", class_="weak", id=f"weak{index}", d=lines))
    places = {node.id: index for index, node in enumerate(view.nodes)}
    walks = [_walk(layout, walk, places[walk[-1]]) for walk in view.walks]
    return strong + walks + weak


def _walk(layout: Layout, walk: tuple[VertexId, ...], index: int) -> Markup:
    lines = "".join(map(layout.strong_edge, walk, walk[1:]))
    return element("path", class_="walk", id=f"walk{index}", d=lines)


def _vertex(view: DagView, layout: Layout, index: int, node: Node, steppable: bool) -> Markup:
    (x, y), width = layout.places[node.id], layout.node_width
    faulty = node.id.source in view.excerpt.faulty
    parts = [element("title", words(describe_node(view, node), 2000))]
    may_lead = steppable and node.id.round == round_in_wave(wave_of(node.id.round), 1)
    leads = node.standing is not Standing.PLAIN
    if leads or may_lead:
        parts.append(ring((x, y), width, faulty))
    parts.append(box((x, y), width, "node", faulty))
    ordered = bool(node.positions) or steppable
    parts.append(text((x, y - 6 if ordered else y), node.id.name, "name"))
    if ordered:
        parts.append(text((x, y + 9), order_text(node.positions), "order"))
    if node.standing in (Standing.DIRECT, Standing.WALKED_BACK) or may_lead:
        parts.append(star((x + width / 2 - 1, y - NODE_HEIGHT / 2 - 2)))
    if node.supports:
        parts.append(dot((x - width / 2 + 3, y - NODE_HEIGHT / 2 + 2)))
    return element("g", *parts, id=f"vertex{index}", class_=vertex_classes(node, faulty))


def _legend(view: DagView) -> list[Entry]:
    """Only what occurs in the picture."""
    standings = {node.standing for node in view.nodes}
    delivered = [node for node in view.nodes if node.positions]
    entries = []
    if delivered:
        wave = delivered[0].wave or 0
        sign = _sign(box((0, 0), 40, "node", False, 20), f"w{wave % WAVE_COLOURS}")
        place = text((0, 0), order_text(delivered[0].positions[:1]), "order")
        meaning = "delivered: place in the order; colour of the wave that delivered it"
        entries.append(Entry(element("g", sign, place), meaning))
    if len(delivered) < len(view.nodes):
        entries.append(Entry(_sign(box((0, 0), 40, "node", False, 20)), "not delivered"))
    if any(node.id.source in view.excerpt.faulty for node in view.nodes):
        entries.append(
            Entry(_sign(box((0, 0), 40, "node", True, 20), "faulty"), "of a faulty replica")
        )
    leader = element("g", box((0, 0), 40, "ring", False, 22))
    for standing, classes, meaning in (
        (Standing.DIRECT, "direct", "leader, committed directly"),
        (Standing.WALKED_BACK, "walked", "leader, committed by walking back"),
        (Standing.LEADER, "", "leader, not committed"),
    ):
        if standing in standings:
            sign = _sign(leader, classes, star((18, -9))) if classes else leader
            entries.append(Entry(sign, meaning))
    if any(node.supports for node in view.nodes):
        entries.append(Entry(dot((0, 0)), "supports its wave's leader"))
    if any(node.strong for node in view.nodes):
        entries.append(Entry(_line("strong"), "strong edge"))
    if any(node.weak for node in view.nodes):
        entries.append(Entry(_line("weak"), "weak edge"))
    if view.walks:
        entries.append(Entry(_line("walk"), "strong path of a walk back"))
    return entries


def _sign(sign: Markup, classes: str = "", *more: Markup) -> Markup:
    return element("g", sign, *more, class_=classes)


def _line(class_: str) -> Markup:
    return element("path", class_=class_, d=path((-22, 0), (22, 0)))
