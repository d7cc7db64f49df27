-- What counts in the window: KEYS[2] has the order, the hash of KEYS[1] what each call counts as, that is its place in
-- the order of writing, its time (at), its three amounts, whether the vendor rejected it, and by how much it has moved
-- each slot.

local function member_of(entry, ticket)
  return string.format('%016.0f', entry.order) .. ticket
end

local function ticket_of(member)
  return string.sub(member, 17)
end

local function add(amounts, rejected, sign)
  for index = 1, 3 do
    account.sums[index] = account.sums[index] + sign * amounts[index]
  end
  if not rejected then
    account.sums[4] = account.sums[4] + sign * amounts[1]
  end
end

-- What a call counts as; false if it does not.
local function entry_of(ticket)
  if known[ticket] == nil then
    local packed = redis.call('HGET', BOOK, 'entry:' .. ticket)
    known[ticket] = packed and cmsgpack.unpack(packed)
  end
  return known[ticket]
end

local function drop(ticket)
  local entry = entry_of(ticket)
  if not entry then
    return
  end
  flush()
  add(entry.amounts, entry.rejected, -1)
  account.entries = account.entries - 1
  redis.call('ZREM', LOG, member_of(entry, ticket))
  redis.call('HDEL', BOOK, 'entry:' .. ticket)
  known[ticket] = false
end

-- Write an entry; one with the same ticket is replaced where it stands if its time is the same.
local function put(ticket, at, amounts, rejected, moved)
  local before = entry_of(ticket)
  local entry = { order = account.order, at = at, amounts = amounts, rejected = rejected, moved = moved }
  if before and before.at == at then
    entry.order = before.order
    add(before.amounts, before.rejected, -1)
  else
    drop(ticket)
    log_was_made = log_was_made or account.entries == 0
    account.oldest_at = account.entries == 0 and at or math.min(account.oldest_at, at)
    account.order = account.order + 1
    account.entries = account.entries + 1
    redis.call('ZADD', LOG, exact(at), member_of(entry, ticket))
  end
  add(amounts, rejected, 1)
  write('entry:' .. ticket, entry)
  known[ticket] = entry
end

-- Take the oldest entries out of the log.
local function forget(members)
  local tickets, fields = {}, {}
  for index, member in ipairs(members) do
    tickets[index] = ticket_of(member)
    fields[index] = 'entry:' .. tickets[index]
    known[tickets[index]] = false
  end
  for _, entry in ipairs(fields_of('entry:', tickets)) do
    add(entry.amounts, entry.rejected, -1)
  end
  account.entries = account.entries - #members
  redis.call('HDEL', BOOK, unpack(fields))
  redis.call('ZREMRANGEBYRANK', LOG, 0, #members - 1)
end

-- Sums of all entries later than since; older ones are forgotten.
local function used(since)
  local size = 8
  while account.entries > 0 and account.oldest_at <= since do
    local oldest, gone = redis.call('ZRANGE', LOG, 0, size - 1, 'WITHSCORES'), {}
    if redis.call('ZCARD', LOG) ~= account.entries then
      -- The server has evicted the log alone: nothing of it can be counted any more.
      redis.call('DEL', BOOK, LOG, QUEUE)
      account.sums, account.entries, account.waiting, account.lives_until, known = { 0, 0, 0, 0 }, 0, 0, NEVER, {}
    end
    for index = 1, #oldest, 2 do
      account.oldest_at = tonumber(oldest[index + 1])
      if account.entries == 0 or account.oldest_at > since then
        break
      end
      gone[#gone + 1] = oldest[index]
    end
    if gone[1] then
      forget(gone)
    end
    size = math.min(size * 8, AT_ONCE)
  end
  return account.sums
end

-- A function that returns entries, the oldest first, read as far as they are needed: their times and amounts.
local function oldest_first()
  local rank, size, read, index = 0, 8, {}, 0
  return function()
    index = index + 1
    if index > #read then
      local members = redis.call('ZRANGE', LOG, rank, rank + size - 1)
      for position, member in ipairs(members) do
        members[position] = ticket_of(member)
      end
      rank, size, index = rank + #members, math.min(size * 8, AT_ONCE), 1
      read = fields_of('entry:', members)
    end
    return read[index]
  end
end

-- Requests later than since that were not rejected.
local function accepted(since)
  local rank, size, count = 0, 64, 0
  while true do
    local members = redis.call('ZREVRANGE', LOG, rank, rank + size - 1)
    for position, member in ipairs(members) do
      members[position] = ticket_of(member)
    end
    for _, entry in ipairs(fields_of('entry:', members)) do
      if entry.at <= since then
        return count
      end
      count = count + (entry.rejected and 0 or entry.amounts[1])
    end
    if #members < size then
      return count
    end
    rank = rank + size
  end
end
