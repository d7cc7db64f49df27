-- One key's account, opened for one operation: what account.Book is to the rules in Python.
--
-- KEYS[1], a hash: "account" is the account; "entry:<ticket>" what a call counts as; "waiting:<ticket>" its place.
-- KEYS[2], a sorted set: what counts in the window, by its time; a member is its number in the order of writing and
--   its ticket, so that entries of the same moment keep their order.
-- KEYS[3], a sorted set: tickets in the queue, by priority and place.
--
-- Stored times are seconds since the account's epoch: numbers so small that a double holds them to far less than a
-- microsecond. When the server's clock goes back, the epoch goes back with it and nothing stored has to be touched.

local BOOK, LOG, QUEUE = KEYS[1], KEYS[2], KEYS[3]

local NEVER = -1e12
local DAY = 86400
-- A clock that lags behind what was seen by no more than this is taken to stand still; further, to have gone back.
local STILL = 1
-- Keys vanish when nobody has used them for so long beyond the last moment that they still speak of.
local LIFE = 2 * DAY
local RENEWED_EVERY = 3600
local LONGEST_LIFE = 3650 * DAY
-- Lua's stack bounds how many arguments a command may be given.
local AT_ONCE = 1000

local account, now, unix
local known = {}
local unwritten = {}
local log_was_made = false

local function exact(number)
  return string.format('%.17g', number)
end

local function new_account(clock)
  return {
    slots = { NEVER, NEVER, NEVER },
    burst_scale = 1,
    halved_at = NEVER,
    learned_requests = false,
    learned_until = NEVER,
    told = { false, false, false },
    blocked_until = NEVER,
    day = 0,
    day_count = 0,
    broken_until = NEVER,
    broken_by = '',
    next_place = 0,
    seen = NEVER,
    -- Beside what Python's account has: the zero of its times; when it was saved last; of all entries the sums (the
    -- fourth: requests that were not rejected), how many they are, a time that none is older than, and the number of
    -- the next; how many calls wait; and until when the keys live.
    epoch = clock,
    noted = unix,
    sums = { 0, 0, 0, 0 },
    entries = 0,
    oldest_at = NEVER,
    order = 0,
    waiting = 0,
    lives_until = NEVER,
  }
end

-- Times go on from what was seen, by as much as the calendar says that has passed since.
local function keep_up(clock)
  local today = math.floor(unix / DAY)
  if account.day > today + 1 then
    account.day = today
  end
  now = clock - account.epoch
  if now >= account.seen then
    return
  end
  if now < account.seen - STILL then
    account.epoch = clock - account.seen - math.max(0, unix - account.noted)
    now = clock - account.epoch
  end
  now = math.max(now, account.seen)
end

-- Fields of the hash are written together, at the latest when the operation ends.
local function write(field, value)
  unwritten[#unwritten + 1] = field
  unwritten[#unwritten + 1] = cmsgpack.pack(value)
end

local function flush()
  if unwritten[1] then
    redis.call('HSET', BOOK, unpack(unwritten))
    unwritten = {}
  end
end

-- The clock's time and the calendar's are given, or both are the server's. The entries of a ticket are read as well.
local function open(given_clock, given_unix, ticket)
  local clock
  if given_clock == '' then
    local time = redis.call('TIME')
    clock = tonumber(time[1]) + tonumber(time[2]) / 1e6
    unix = clock
  else
    clock, unix = tonumber(given_clock), tonumber(given_unix)
  end
  local output = ticket .. ':output'
  local packed = redis.call('HMGET', BOOK, 'account', 'entry:' .. ticket, 'entry:' .. output)
  known[ticket] = packed[2] and cmsgpack.unpack(packed[2])
  known[output] = packed[3] and cmsgpack.unpack(packed[3])
  if packed[1] then
    account = cmsgpack.unpack(packed[1])
  else
    -- The server may have evicted one key and kept the others.
    redis.call('DEL', BOOK, LOG, QUEUE)
    account, known = new_account(clock), {}
  end
  keep_up(clock)
end

local function let_live(key, seconds)
  redis.call('PEXPIRE', key, string.format('%.0f', seconds * 1000))
end

local function save(window)
  account.seen, account.noted = now, unix
  local last = math.max(now, account.broken_until, account.blocked_until, account.learned_until)
  local life = math.min(LONGEST_LIFE, last - now + 2 * window + LIFE)
  local renews = account.lives_until < now + life - RENEWED_EVERY
  if renews then
    account.lives_until = now + life
  end
  write('account', account)
  flush()
  if renews then
    let_live(BOOK, life)
    let_live(QUEUE, life)
  end
  if renews or log_was_made then
    let_live(LOG, life)
  end
end

local function fields_of(kind, tickets)
  local values = {}
  flush()
  for first = 1, #tickets, AT_ONCE do
    local names = {}
    for index = first, math.min(first + AT_ONCE - 1, #tickets) do
      names[#names + 1] = kind .. tickets[index]
    end
    for _, value in ipairs(redis.call('HMGET', BOOK, unpack(names))) do
      values[#values + 1] = value and cmsgpack.unpack(value)
    end
  end
  return values
end
