# FuseboxBytes: writes the bytes of a file as a C++ string literal.
#
#   cmake -D FROM=config.desc -D TO=config.desc.inc -P FuseboxBytes.cmake

file(READ "${FROM}" bytes HEX)
string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
file(WRITE "${TO}" "\"${bytes}\"\n")
