// textproto.h: textproto -> a message.

#ifndef FUSEBOX_CONFIG_INTERNAL_TEXTPROTO_H_
#define FUSEBOX_CONFIG_INTERNAL_TEXTPROTO_H_

#include <string_view>

#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

// True if all of the text could be read. Else adds what protobuf's parser says
// (it stops where it cannot go on) to `problems`; the path is a line and a
// column, "line 2, column 7", both from 1.
bool ReadTextproto(std::string_view text, google::protobuf::Message* message,
                   Problems* problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_TEXTPROTO_H_
