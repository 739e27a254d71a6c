# walk: makes a shell script of a page that tells a reader what to do. The script
# does it: it writes the files that the page shows below "`name`:", and runs the
# commands of the sh blocks. It fails if a command fails, or if the commands before a
# text block do not print that text. Run it like this:
#
#   printed=FILE expected=FILE bash -e SCRIPT

/^`[^`]+`:$/ { file = substr($0, 2, length($0) - 3) }

/^```/ && !inside {
  inside = 1
  language = substr($0, 4)
  if (file != "") print "cat >'" file "' <<'END_OF_BLOCK'"
  else if (language == "sh") print "{"
  else if (language == "text") print "cat >\"$expected\" <<'END_OF_BLOCK'"
  next
}

/^```$/ {
  inside = 0
  if (file != "") print "END_OF_BLOCK"
  else if (language == "sh") print "} >\"$printed\""
  else if (language == "text") print "END_OF_BLOCK\ndiff \"$expected\" \"$printed\""
  file = ""
  next
}

inside && (file != "" || language == "sh" || language == "text") { print }
