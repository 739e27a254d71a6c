// pages.h: what stands in a page of Markdown, and what programs print.

#ifndef FUSEBOX_TESTS_DOCS_PAGES_H_
#define FUSEBOX_TESTS_DOCS_PAGES_H_

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace fusebox {

// The checkout.
const std::filesystem::path& Root();

// The blocks that are fenced as `language`.
std::vector<std::string> BlocksOf(const std::string& page,
                                  const std::string& language);

// The section of the page below "## title".
std::string SectionOf(const std::string& page, const std::string& title);

// The text without the indentation of its lines.
std::string Flush(const std::string& text);

// Returns where links and pictures lead to: "metrics.md",
// "metrics.md#of-each-breaker", "#limits". Leaves out addresses in the web.
std::vector<std::string> LinksOf(const std::string& page);

// Returns the headings of the page as GitHub and mdBook write them in links:
// "of-each-breaker" for "## Of each breaker".
std::set<std::string> AnchorsOf(const std::string& page);

// Returns the pages of the project. Paths are relative to its root.
std::vector<std::filesystem::path> Pages();

// Returns the path of the program of examples/<name>/.
std::string ExampleProgram(const std::string& name);

// What a command prints; fails the test if its exit code is not 0.
std::string OutputOf(const std::string& command);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_DOCS_PAGES_H_
