// view.h: what a user has chosen to see in `fusebox watch`.
//
//   View view;
//   view.OnKey('s');  // sorts by the next column
//   view.OnKey('/');  // what is typed next is the filter
//
// Keys: s sorts, t shows only breakers in trouble, / filters by name, ? shows
// the keys, and Escape undoes the filter.

#ifndef FUSEBOX_TOOLS_WATCH_VIEW_H_
#define FUSEBOX_TOOLS_WATCH_VIEW_H_

#include <string>
#include <vector>

#include "tools/watch/model.h"

namespace fusebox::tool {

class View {
 public:
  enum class Order { kTrouble, kName, kRejected, kAge };

  // Takes a key that neither scrolls nor quits. Returns whether it means
  // something.
  bool OnKey(char key);

  // Whether keys are letters of the filter now, q among them.
  bool typing() const { return typing_; }

  // Whether the screen shows the keys instead of the breakers.
  bool help() const { return help_; }

  // Returns the rows of the model that the user wants to see, in their order.
  std::vector<Model::Row> RowsOf(const Model& model) const;

  // Returns what is chosen, for the last line: "sorted by name, /cart".
  // Empty if everything is as it was at first.
  std::string Text() const;

  // Returns the lines that explain the keys.
  static std::vector<std::string> HelpLines();

 private:
  bool Type(char key);

  Order order_ = Order::kTrouble;
  bool troubled_ = false;
  bool typing_ = false;
  bool help_ = false;
  std::string filter_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_VIEW_H_
