-- The accounts of a hold, in whole billionths of a dollar: what cost/accounts.py promises, in one operation.
--
-- KEYS[1], a sorted set: holds that were settled, by when. Then for each account
--   a hash: "gone" is what was spent or is held, "held" what of it calls under way hold, "hold:<id>" the amount of each
--   that was not settled, "note:<note>" who left it, "keep" how long the account is kept after its last use;
--   a sorted set: holds whose holder is taken to be alive, by the end of their lease.
--
-- Sums are kept by HINCRBY, which counts in 64 bits, and are compared as digits: Lua's own numbers are exact only up to
-- nine million dollars. Amounts are therefore strings throughout.
--
-- ARGV: the operation; the time in seconds, or nothing for the server's; then what each operation says below.

local SETTLED = KEYS[1]
local operation, now = ARGV[1], tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1e6
end

local function exact(number)
  return string.format('%.17g', number)
end

-- Whether one sum, as digits without a sign, is larger than another.
local function is_more(digits, others)
  if #digits ~= #others then
    return #digits > #others
  end
  return digits > others
end

local function add(account, field, amount)
  if amount ~= '0' then
    redis.call('HINCRBY', account, field, amount)
  end
end

local function subtract(account, field, amount)
  if amount ~= '0' then
    redis.call('HINCRBY', account, field, '-' .. amount)
  end
end

local function each_account()
  local index = 0
  return function()
    index = index + 1
    return KEYS[2 * index], KEYS[2 * index + 1], index
  end
end

-- Holders whose lease has ended are taken for dead: what they held stays gone, but is held no more.
local function bury(account, leases)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', exact(now))) do
    subtract(account, 'held', redis.call('HGET', account, 'hold:' .. id) or '0')
    redis.call('ZREM', leases, id)
  end
end

local function keep(account, leases, seconds)
  if seconds then
    redis.call('HSET', account, 'keep', seconds)
  else
    seconds = redis.call('HGET', account, 'keep')
  end
  if seconds then
    local milliseconds = string.format('%.0f', math.max(1, tonumber(seconds) * 1000))
    redis.call('PEXPIRE', account, milliseconds)
    redis.call('PEXPIRE', leases, milliseconds)
  end
end

-- For each account what is gone of it and what of that is held, after a word for what was decided.
local function balances(decided)
  local answer = { decided }
  for account, leases in each_account() do
    bury(account, leases)
    local sums = redis.call('HMGET', account, 'gone', 'held')
    answer[#answer + 1] = sums[1] or '0'
    answer[#answer + 1] = sums[2] or '0'
  end
  return answer
end

local function is_known(id)
  if redis.call('ZSCORE', SETTLED, id) then
    return true
  end
  for account in each_account() do
    if redis.call('HEXISTS', account, 'hold:' .. id) == 1 then
      return true
    end
  end
  return false
end

-- ARGV: the hold, its amount, the seconds of its lease; then for each account how long it is kept, and its cap.
local function hold()
  local id, amount = ARGV[3], ARGV[4]
  for account, leases, index in each_account() do
    keep(account, leases, ARGV[4 + 2 * index])
  end
  if is_known(id) then
    return balances('held')
  end
  local fits = true
  for account, _, index in each_account() do
    add(account, 'gone', amount)
    local gone = redis.call('HGET', account, 'gone') or '0'
    fits = fits and not is_more(gone, ARGV[5 + 2 * index])
  end
  if not fits then
    for account in each_account() do
      subtract(account, 'gone', amount)
    end
    return balances('refused')
  end
  for account, leases, index in each_account() do
    add(account, 'held', amount)
    redis.call('HSET', account, 'hold:' .. id, amount)
    redis.call('ZADD', leases, exact(now + tonumber(ARGV[5])), id)
    keep(account, leases, ARGV[4 + 2 * index])
  end
  return balances('held')
end

-- ARGV: the hold, what it cost, for how many seconds that is remembered; then for each account how long it is kept.
local function settle()
  local id, cost, remembered = ARGV[3], ARGV[4], tonumber(ARGV[5])
  redis.call('ZREMRANGEBYSCORE', SETTLED, '-inf', '(' .. exact(now - remembered))
  if redis.call('ZSCORE', SETTLED, id) then
    return balances('settled')
  end
  for account, leases, index in each_account() do
    bury(account, leases)
    local amount = redis.call('HGET', account, 'hold:' .. id)
    if amount then
      subtract(account, 'gone', amount)
      if redis.call('ZREM', leases, id) == 1 then
        subtract(account, 'held', amount)
      end
      redis.call('HDEL', account, 'hold:' .. id)
    end
    add(account, 'gone', cost)
    keep(account, leases, ARGV[5 + index])
  end
  redis.call('ZADD', SETTLED, exact(now), id)
  redis.call('PEXPIRE', SETTLED, string.format('%.0f', 2000 * remembered))
  return balances('settled')
end

-- ARGV: the note, the name of whoever leaves it, how long the account is kept. The same one is told the same again.
local function first()
  local account, field = KEYS[2], 'note:' .. ARGV[3]
  redis.call('HSETNX', account, field, ARGV[4])
  keep(account, KEYS[3], ARGV[5])
  return { redis.call('HGET', account, field) == ARGV[4] and 'first' or 'later' }
end

if operation == 'hold' then
  return hold()
elseif operation == 'settle' then
  return settle()
elseif operation == 'first' then
  return first()
end
keep(KEYS[2], KEYS[3])
return balances('read')
