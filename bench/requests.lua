-- Sends requests made beforehand. The file holds `<length in 8 digits><raw request>`, again and again.
-- With a second argument, "again", it begins anew at the end; otherwise each is sent once, and the time that took is kept.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long us; } moment; int gettimeofday(moment *, void *);")
local threads = {}

local function now()
   local at = ffi.new("moment")
   ffi.C.gettimeofday(at, nil)
   return tonumber(at.s) * 1000000 + tonumber(at.us)
end

function setup(thread)
   threads[#threads + 1] = thread
end

function init(args)
   requests, at, began, spent, again = {}, 0, nil, 0, args[2] == "again"
   local file = assert(io.open(args[1], "rb"))
   while true do
      local length = file:read(8)
      if not length then break end
      requests[#requests + 1] = file:read(tonumber(length))
   end
   file:close()
end

function request()
   began = began or now()
   at = at + 1
   if at > #requests then
      if again then
         at = 1
      elseif spent == 0 then
         spent = now() - began
         wrk.thread:stop()
      end
   end
   return requests[math.min(at, #requests)]
end

function done(summary, latency, _)
   local errors, spent_us = summary.errors, summary.duration
   for _, thread in ipairs(threads) do
      local alone = thread:get("spent")
      if alone > 0 then spent_us = math.min(spent_us, alone) end
   end
   io.write(string.format("BENCH %d %d %d %d %d %d\n", summary.requests, spent_us, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
