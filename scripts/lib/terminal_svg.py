"""terminal_svg: draws what a program printed on a terminal as an SVG picture.

  terminal_svg.py TITLE light|dark <OUTPUT >PICTURE

OUTPUT may contain ANSI colours.
"""

import io
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# Background, text, and the eight colours of ANSI, normal and bright.
THEMES = {
    "light": TerminalTheme(
        (246, 248, 250), (36, 41, 47),
        [(36, 41, 47), (190, 30, 45), (17, 115, 60), (150, 95, 0),
         (9, 105, 218), (130, 80, 223), (13, 110, 150), (110, 119, 129)]),
    "dark": TerminalTheme(
        (13, 17, 23), (230, 237, 243),
        [(72, 79, 88), (255, 123, 114), (63, 185, 80), (227, 179, 65),
         (121, 192, 255), (210, 168, 255), (86, 200, 220), (177, 186, 196)]),
}

# Rich fills this in. Unlike its own format, it loads no font from the web.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" \
xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "SF Mono", Menlo, Consolas, \
"DejaVu Sans Mono", monospace; font-size: {char_height}px; \
line-height: {line_height}px; white-space: pre }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" \
width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" \
clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main():
    title, theme = sys.argv[1:]
    lines = [Text.from_ansi(line) for line in sys.stdin.read().splitlines()]
    console = Console(
        width=max(line.cell_len for line in lines), record=True,
        file=io.StringIO())
    for line in lines:
        console.print(line, no_wrap=True, highlight=False)
    sys.stdout.write(console.export_svg(
        title=title, theme=THEMES[theme], code_format=FORMAT,
        unique_id="fusebox"))


main()
