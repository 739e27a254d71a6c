// pages.h: what stands in a page of Markdown, and what programs print.

#ifndef FUSEBOX_TESTS_DOCS_PAGES_H_
#define FUSEBOX_TESTS_DOCS_PAGES_H_

#include <filesystem>
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

// The files that links lead to.
std::vector<std::string> LinksOf(const std::string& page);

// What a command prints; fails the test if its exit code is not 0.
std::string OutputOf(const std::string& command);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_DOCS_PAGES_H_
