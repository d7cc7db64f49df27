-- The rules of a rate ledger: scheduling/admission.py, step by step; the reasons are told there.

local ROUNDING = 1e-6
local GRACE = 1 / 30
local FULL = 0.8
local STRICT_BELOW = 0.1
local BUNCHED_SLOTS = 4
local BUNCHED_CALLS = 5.5
local SLOWER = 0.75
local BELIEVED_WINDOWS = 10
local WORTH_CORRECTING = 0.05
local MINUTELY = 1.5
local HEADROOM_FROM = 5
local LEAST_BURST = 4
local SHARE_OF_BURST = 6

local function capped_requests(limit, limits)
  return math.max(1, limit - (limit >= HEADROOM_FROM and limits.headroom or math.min(1, limits.headroom)))
end

local function current_caps(limits)
  local requests = account.told[1] or limits.caps[1]
  if account.learned_requests and now < account.learned_until then
    requests = math.min(account.learned_requests, requests or account.learned_requests)
  end
  return { requests, account.told[2] or limits.caps[2], account.told[3] or limits.caps[3] }
end

local function burst_of(requests, limits)
  return math.min(limits.burst or math.max(LEAST_BURST, math.floor(requests / SHARE_OF_BURST)), requests)
end

local function meters_of(caps, limits)
  local meters = {}
  for index = 1, 3 do
    local cap = caps[index]
    if cap and index == 1 then
      meters[#meters + 1] = { index = 1, cap = cap, burst = burst_of(cap, limits), pace = 1 }
    elseif cap then
      meters[#meters + 1] = { index = index, cap = cap, burst = limits.token_burst, pace = limits.token_pace }
    end
  end
  return meters
end

-- Move the slots by the share of the window that a call takes more; returns how far it has moved them by now.
local function space(moved, more, caps, window)
  local moved_now = {}
  for index = 1, 3 do
    local seconds = 0
    if caps[index] and account.slots[index] ~= NEVER then
      seconds = more[index] * window / caps[index]
    end
    account.slots[index] = account.slots[index] + seconds
    moved_now[index] = moved[index] + seconds
  end
  return moved_now
end

-- Seconds until the vendor's midnight, if its requests of today are used up.
local function day_is_full(limits)
  local at_vendor = unix + limits.day_offset
  local day = math.floor(at_vendor / DAY)
  if day > account.day then
    account.day, account.day_count = day, 0
  end
  if limits.requests_per_day and account.day_count >= limits.requests_per_day then
    return (day + 1) * DAY - at_vendor
  end
end

local function later(ask, seconds)
  if seconds > ask.patience then
    dequeue(ask.ticket)
    return { 'wait', exact(seconds) }
  end
  local place = ask.place
  if not place then
    place, account.next_place = account.next_place, account.next_place + 1
  end
  enqueue(ask, place, now + seconds)
  return { 'wait', exact(seconds), exact(place) }
end

local function reserve(limits, ask)
  local amounts, window = ask.amounts, limits.window
  if account.broken_until > now then
    return { 'broken', account.broken_by, exact(account.broken_until - now) }
  end
  local held = entry_of(ask.ticket)
  if held and held.at > now - window and not held.rejected then
    return { 'granted', exact(ask.place or math.max(0, account.next_place - 1)) }
  end
  local caps = current_caps(limits)
  for index = 2, 3 do
    if caps[index] and amounts[index] > caps[index] then
      return { 'too large', cjson.encode(caps) }
    end
  end
  local midnight = day_is_full(limits)
  if midnight then
    return later(ask, midnight)
  end
  local place, meters = ask.place or account.next_place, meters_of(caps, limits)
  local projection = project(meters, window)
  local before = ahead(ask, place, now - GRACE * window)
  for _, other in ipairs(before) do
    take(projection, other, earliest(projection, other))
  end
  local at = earliest(projection, amounts)
  if at > now then
    return later(ask, at - now + ROUNDING * (#before + 1))
  end
  if #before > 0 then
    projection = project(meters, window)
    earliest(projection, amounts)
  end
  local moved = take(projection, amounts, now)
  account.slots, account.day_count = projection.slots, account.day_count + 1
  dequeue(ask.ticket)
  put(ask.ticket, now, amounts, false, moved)
  account.next_place = math.max(account.next_place, place + 1)
  return { 'granted', exact(place) }
end

local function settle(limits, ask)
  local caps, entry, taken = current_caps(limits), entry_of(ask.ticket), ask.amounts
  local output = ask.ticket .. ':output'
  local counts_output = taken[3] ~= 0 and caps[3]
  if counts_output and entry_of(output) then
    return
  end
  if entry and entry.at > now - limits.window then
    local more = { 0, taken[2] - entry.amounts[2], taken[3] - entry.amounts[3] }
    local moved = space(entry.moved, more, caps, limits.window)
    put(ask.ticket, entry.at, { entry.amounts[1], taken[2], 0 }, entry.rejected, moved)
  end
  if counts_output then
    put(output, now, { 0, 0, taken[3] }, false, { 0, 0, 0 })
  end
end

local function release(ask)
  dequeue(ask.ticket)
  local entry = entry_of(ask.ticket)
  if not entry then
    return
  end
  drop(ask.ticket)
  for index = 1, 3 do
    account.slots[index] = account.slots[index] - entry.moved[index]
  end
  account.day_count = math.max(0, account.day_count - 1)
end

local function fullness_of(sums, caps)
  local fullness = 0
  for index = 1, 3 do
    fullness = math.max(fullness, caps[index] and sums[index] / caps[index] or 0)
  end
  return fullness
end

local function reject(limits, ask, retry_after)
  local window, caps, entry = limits.window, current_caps(limits), entry_of(ask.ticket)
  if retry_after then
    account.blocked_until = math.max(account.blocked_until, now + retry_after)
  end
  if not entry or entry.rejected then
    return
  end
  local fullness = fullness_of(used(now - window), caps)
  local news = entry.at > account.halved_at
  local moved = space(entry.moved, { 0, -entry.amounts[2], -entry.amounts[3] }, caps, window)
  put(ask.ticket, entry.at, { entry.amounts[1], 0, 0 }, true, moved)
  if not caps[1] or not news then
    return
  end
  local unit = window / caps[1]
  local bunched = accepted(now - BUNCHED_SLOTS * unit) + 1 > BUNCHED_CALLS
  local trusted = trusted_burst(window)
  local strict = math.floor(burst_of(caps[1], limits) * trusted) <= 1
  if fullness < FULL then
    trusted = trusted > STRICT_BELOW and trusted / 2 or 0
  end
  account.burst_scale = trusted
  account.halved_at = now
  account.slots[1] = math.max(account.slots[1], now + unit)
  if bunched and fullness < FULL then
    return
  end
  local first = redis.call('ZRANGEBYSCORE', LOG, '(' .. exact(now - window), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  local since = tonumber(first[2] or now)
  -- used() has just forgotten all that is older than the window.
  local learned = account.sums[4]
  if now - since < window / 2 and fullness < FULL then
    if not strict then
      return
    end
    learned = math.floor(caps[1] * SLOWER)
  end
  account.learned_requests = math.min(caps[1], capped_requests(math.max(1, learned), limits))
  account.learned_until = now + BELIEVED_WINDOWS * window
end

local function observe(limits, allowances)
  local window = limits.window
  local sums = used(now - window)
  local before = { sums[1], sums[2], sums[3] }
  for index, said in ipairs(allowances) do
    if said.limit and (not said.reset or said.reset <= MINUTELY * window) then
      account.told[index] = said.cap
      local foreign = said.remaining and said.limit - said.remaining - before[index] or 0
      if foreign > math.max(1, said.limit * WORTH_CORRECTING) then
        local amounts = { 0, 0, 0 }
        amounts[index] = foreign
        put('others:' .. (index - 1), now - window + math.min(window, said.reset or window), amounts, false, { 0, 0, 0 })
      end
    end
  end
end

local function trip(broken_by, seconds)
  if now + seconds > account.broken_until then
    account.broken_until, account.broken_by = now + seconds, broken_by
  end
end
