# FuseboxLiteral: writes the text of a file as a C++ string literal.
#
#   cmake -D FROM=page.html -D TO=page.html.inc -P FuseboxLiteral.cmake

file(READ "${FROM}" text)
file(WRITE "${TO}" "R\"literal(${text})literal\"\n")
