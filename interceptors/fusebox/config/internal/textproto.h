// textproto.h: reads textproto into a protobuf message.

#ifndef FUSEBOX_CONFIG_INTERNAL_TEXTPROTO_H_
#define FUSEBOX_CONFIG_INTERNAL_TEXTPROTO_H_

#include <string_view>

#include "fusebox/base/problem.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

// Returns true if all of the text could be read and sets a field: an empty text
// may be the beginning of a longer one. Otherwise adds the errors of
// protobuf's parser, which may stop early, to `problems`. Their path is
// "line 2, column 7", both counted from 1, or "config" for the whole text.
bool ReadTextproto(std::string_view text, google::protobuf::Message* message,
                   Problems* problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_TEXTPROTO_H_
