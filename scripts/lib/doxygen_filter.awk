# doxygen_filter: prints a header so that Doxygen reads its comments.
#
# Doxygen wants "///", "///<" behind a member, and Markdown. In the headers here,
# comments are plain text, and code in them is indented by two more spaces.

# Returns the text with Doxygen's own characters escaped, except between backticks.
function escaped(text,    parts, count, i, result) {
  count = split(text, parts, "`")
  for (i = 1; i <= count; ++i) {
    if (i % 2 == 1) {
      gsub(/\\/, "\\\\", parts[i])
      gsub(/[@#%]/, "\\\\&", parts[i])
      gsub(/</, "\\&lt;", parts[i])
      gsub(/>/, "\\&gt;", parts[i])
      gsub(/::/, "\\::", parts[i])
    }
    result = result (i > 1 ? "`" : "") parts[i]
  }
  return result
}

NR == 1 && /^\/\/ [a-z_\/]+[.]h: / {
  print "/// \\file"
}

/^ *\/\/( |$)/ {
  indent = $0
  sub(/\/\/.*/, "", indent)
  text = substr($0, length(indent) + 3)
  if (text ~ /^   /) {
    print indent "///   " text
  } else {
    print indent "///" escaped(text)
  }
  next
}

/[^ ] +\/\/ / && !/"[^"]*\/\/ / && !/^#/ {
  at = match($0, / +\/\/ /)
  print substr($0, 1, at - 1) "  ///< " escaped(substr($0, at + RLENGTH))
  next
}

{ print }
