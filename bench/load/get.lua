-- Fetches small files in turn. Words: how many there are, named 000001.bin and up.
local count = 0
local files = 1

function init(words)
  files = tonumber(words[1])
end

function request()
  count = count % files + 1
  return wrk.format('GET', wrk.path .. string.format('%06d.bin', count))
end
