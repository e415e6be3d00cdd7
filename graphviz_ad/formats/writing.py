"""Pictures and data as the bytes of a file, and files that are whole or not there at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..errors import FileError, GradvizError

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..graph.structure import Graph

PICTURES = ("svg", "png", "pdf", "dot")
TEXTS = {"txt": "text", "md": "markdown", "tex": "latex"}
WRITTEN = ("tikz", "mmd")
FILMS = ("gif", "apng")
FORMATS = (*PICTURES, *FILMS, "html", *WRITTEN, "json", *TEXTS)
_ALIASES = {"gv": "dot", "markdown": "md", "text": "txt", "latex": "tex", "htm": "html", "mermaid": "mmd"}
_SCENE = frozenset(("style", "title", "precision", "depth", "expand", "focus", "radius", "hessian"))
_DRAWING = frozenset(("theme", "palette", "math", "bundled", "scale"))
_OTHER = frozenset(("check", "animate", "prefix"))


def produce(graph: Graph, point: Point | None, format: str, **options: Any) -> bytes:
    """The graph in a format: a picture (svg, png, pdf, dot, tikz, mmd), a moving one (gif, apng), the live page (html), data (json),
    the picture with its derivation (txt, md, tex).

    Options of the picture: ``style``, ``title``, ``precision``, ``depth``, ``expand``, ``focus``, ``radius``, ``hessian``,
    ``theme``, ``palette``, ``math``, ``scale``, ``bundled``; ``precision`` goes for derivations too; of data: ``check``; of SVG:
    ``animate``, which lets the steps play, and ``prefix``, which stands before its ids.
    Options that a format has no use for are accepted, so that one set of them serves several files.

    Raises
    ------
    GradvizError
        An unknown format or option.
    EngineError
        No drawing engine can be run.

    >>> from graphviz_ad import parse
    >>> b"gradviz/1" in produce(parse("x*y"), None, "json")
    True
    """
    format = _ALIASES.get(format, format)
    unknown = set(options) - _SCENE - _DRAWING - _OTHER
    if unknown:
        known = ", ".join(sorted(_SCENE | _DRAWING | _OTHER))
        raise GradvizError(f"unknown option {', '.join(sorted(unknown))}; known are {known}")
    if format in WRITTEN or (format == "svg" and options.get("animate")):
        return _written(graph, point, format, options).encode("utf-8", "backslashreplace")
    if format in (*PICTURES, *FILMS):
        from ..render import render
        from ..scene.compose import compose

        scene = compose(graph, point, **{key: value for key, value in options.items() if key in _SCENE})
        if format in FILMS:
            from ..render.film import render_film

            return render_film(scene, format, **{key: value for key, value in options.items() if key in _DRAWING})
        prefix = {"prefix": options["prefix"]} if format == "svg" and "prefix" in options else {}
        return render(scene, format, **prefix, **{key: value for key, value in options.items() if key in _DRAWING})
    if format == "json":
        from ..scene.document import document, document_graph
        from .json_text import dumps

        data = (
            document_graph(graph)
            if point is None
            else document(point, check=options.get("check", True), hessian=options.get("hessian", False))
        )
        return dumps(data).encode("utf-8", "backslashreplace")
    if format in TEXTS:
        return _told(graph, point, format, options).encode("utf-8", "backslashreplace")
    if format == "html":
        from ..page import page_html

        return page_html(graph, point, **{key: value for key, value in options.items() if key not in ("scale", "hessian", *_OTHER)}).encode(
            "utf-8", "backslashreplace"
        )
    raise GradvizError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")


def _written(graph: Graph, point: Point | None, format: str, options: dict[str, Any]) -> str:
    """A picture in another language than those of :func:`graphviz_ad.render.render`."""
    from ..scene.compose import compose

    scene = compose(graph, point, **{key: value for key, value in options.items() if key in _SCENE})
    palette, bundled = options.get("palette", "default"), options.get("bundled", False)
    if format == "tikz":
        from ..render.tikz import render_tikz

        return render_tikz(scene, palette=palette, bundled=bundled)
    if format == "mmd":
        from ..render.mermaid import render_mermaid

        return render_mermaid(scene, palette=palette)
    from ..render.animation import render_animated

    return render_animated(scene, **{key: value for key, value in options.items() if key in (_DRAWING | {"prefix"}) - {"scale"}})


def _told(graph: Graph, point: Point | None, format: str, options: dict[str, Any]) -> str:
    """The picture and the derivation in one text; the picture alone where there is no derivation."""
    from ..scene.compose import compose
    from ..scene.titles import is_differentiable

    scene = compose(graph, point, **{key: value for key, value in options.items() if key in _SCENE})
    palette, bundled = options.get("palette", "default"), options.get("bundled", False)
    alone = point is None or (point.direction is None and not is_differentiable(point))
    preamble: list[str] = []
    if format == "txt":
        from ..render.textpicture import render_text

        picture = render_text(scene)
    elif format == "md":
        from ..render.mermaid import render_mermaid

        picture = render_mermaid(scene, palette=palette)
    elif alone:
        from ..render.tikz import render_tikz

        return render_tikz(scene, palette=palette, bundled=bundled)
    else:
        from ..render import tikz

        picture = tikz.fitted(scene._replace(title=None), bundled=bundled)
        preamble = [r"\usepackage{tikz}", *tikz.color_definitions(scene, palette)]
    if point is None or alone:
        return f"```mermaid\n{picture}```\n" if format == "md" else picture
    from ..render.derivation import write
    from ..scene.derivation import derive

    return write(derive(point, precision=options.get("precision")), TEXTS[format], picture, preamble)


def text_of(graph: Graph, point: Point | None, width: int, form: str, ascii: bool, **options: Any) -> str:
    """The picture in the letters of a terminal; see :func:`graphviz_ad.render.textpicture.render_text`."""
    from ..render.textpicture import render_text
    from ..scene.compose import compose

    return render_text(compose(graph, point, **options), width, form=form, ascii=ascii)


def explain(point: Point, form: str) -> bytes:
    """The derivation of a point: "text", "markdown", "latex", "html" or "pdf".

    Raises
    ------
    GradvizError
        An unknown form.
    """
    from ..scene.derivation import derive

    if form in ("html", "pdf"):
        from ..render import derivation_page

        if form == "html":
            return derivation_page.to_html(derive(point)).encode("utf-8", "backslashreplace")
        from ..render.raster import to_pdf

        return to_pdf(derivation_page.to_svg(derive(point)))
    from ..render.derivation import write

    return write(derive(point), form).encode("utf-8", "backslashreplace")


def save_explanation(point: Point, path: str | os.PathLike[str]) -> None:
    """Write the derivation alone; the form follows from the suffix."""
    suffix = os.path.splitext(path)[1].lower().removeprefix(".")
    form = (TEXTS | {"html": "html", "pdf": "pdf"}).get(_ALIASES.get(suffix, suffix))
    if form is None:
        known = ", ".join(f".{one}" for one in (*TEXTS, "html", "pdf"))
        raise GradvizError(f"a derivation is written as {known}, not {os.fspath(path)}")
    write_file(path, explain(point, form))


def format_of(path: str | os.PathLike[str]) -> str:
    """The format that a path's suffix asks for.

    Raises
    ------
    GradvizError
        It has none, or one that is not known.

    >>> format_of("a/b.SVG"), format_of("f.gv")
    ('svg', 'dot')
    """
    suffix = os.path.splitext(path)[1].lower().removeprefix(".")
    format = _ALIASES.get(suffix, suffix)
    if format not in FORMATS:
        said = f"the suffix .{suffix} is not known" if suffix else f"{os.fspath(path)} has no suffix to choose a format by"
        raise GradvizError(f"{said}; known are {', '.join('.' + known for known in FORMATS)}")
    return format


def save(graph: Graph, point: Point | None, path: str | os.PathLike[str], **options: Any) -> None:
    """Write a graph to a file; the format follows from the suffix, the options are those of :func:`produce`.

    Raises
    ------
    FileError
        The folder does not exist, or the file may not be written.
    """
    write_file(path, produce(graph, point, format_of(path), **options))


def write_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file as a whole: whoever reads it sees the old content or the new one, never a half.

    Raises
    ------
    FileError
        The folder does not exist, the path is a folder, permission is missing, the disk is full.
    """
    target = os.fspath(path)
    folder = os.path.dirname(target) or os.curdir
    if not os.path.isdir(folder):
        raise FileError(f"{target} cannot be written: there is no folder {folder}")
    if os.path.isdir(target):
        raise FileError(f"{target} cannot be written: it is a folder")
    try:
        if os.path.exists(target) and not os.path.isfile(target):  # a pipe or a terminal: nothing to replace
            with open(target, "wb") as file:
                file.write(content)
            return
        _replace(os.path.realpath(target), content)  # a link stays a link
    except OSError as error:
        raise FileError(f"{target} cannot be written: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:
        raise FileError(f"{target!r} cannot be written: {error}") from error


def _replace(target: str, content: bytes) -> None:
    """Write beside the target, then put it in its place, with the access rights of a file made anew or of the old one."""
    mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else None
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, "permission denied")
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name[:40]}.{os.getpid():x}{os.urandom(4).hex()}.tmp")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise
