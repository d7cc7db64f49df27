-- ARGV: the operation; the clock's time and seconds since 1970, or nothing; the limits as JSON; then
--   observe: what the vendor said, as JSON;
--   trip: the error's name, for how many seconds;
--   all others: a call, that is its ticket, three amounts, priority, place and patience; for reject the seconds of
--   retry-after follow.
-- Nothing, where something may be missing, is the empty string.
local operation, limits = ARGV[1], cjson.decode(ARGV[4])
open(ARGV[2], ARGV[3], operation == 'observe' and '' or ARGV[5])

local function call()
  return {
    ticket = ARGV[5],
    amounts = { tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]) },
    priority = tonumber(ARGV[9]),
    place = tonumber(ARGV[10]),
    patience = tonumber(ARGV[11]),
  }
end

local answer = { 'done' }
if operation == 'reserve' then
  answer = reserve(limits, call())
elseif operation == 'settle' then
  settle(limits, call())
elseif operation == 'release' then
  release(call())
elseif operation == 'reject' then
  reject(limits, call(), tonumber(ARGV[12]))
elseif operation == 'observe' then
  observe(limits, cjson.decode(ARGV[5]))
elseif operation == 'trip' then
  trip(ARGV[5], tonumber(ARGV[6]))
end
save(limits.window)
return answer
