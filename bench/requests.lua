-- Sends requests made beforehand, each once. Every thread reads its own file: `<length in 8 digits><raw request>` again and again.
local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(args)
   requests, at = {}, 0
   local file = assert(io.open(args[1] .. "." .. number, "rb"))
   while true do
      local length = file:read(8)
      if not length then break end
      requests[#requests + 1] = file:read(tonumber(length))
   end
   file:close()
end

function request()
   at = at + 1
   if at > #requests then
      wrk.thread:stop()
      return requests[#requests]
   end
   return requests[at]
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("BENCH %d %d %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99), latency.max))
end
