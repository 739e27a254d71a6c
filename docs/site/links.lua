-- links: makes the links of a page lead to pages of the site. Each file of the
-- project that a page links to becomes a page "<file>.html". Writes these files to
-- standard error, one per line, as they are spelled in the page.

function Link(link)
  local path, anchor = link.target:match('^([^#]+)(#?.*)$')
  if path and not path:match('^%a+:') then
    path = path:gsub('/$', '')
    io.stderr:write('link ' .. path .. '\n')
    link.target = path .. '.html' .. anchor
  end
  return link
end

-- A page has one title for the browser: its first heading.
function Pandoc(document)
  for _, block in ipairs(document.blocks) do
    if block.t == 'Header' and block.level == 1 then
      document.meta.pagetitle = pandoc.utils.stringify(block)
      break
    end
  end
  return document
end
