-- Each request deposits 4 KiB under a name of its own. Words: what the names begin with.
local count = 0
local prefix = ''

function init(words)
  prefix = words[1]
  wrk.body = string.rep('x', 4096)
end

function request()
  count = count + 1
  return wrk.format('PUT', wrk.path .. prefix .. count .. '.bin')
end
