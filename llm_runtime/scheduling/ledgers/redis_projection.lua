-- When will there be room? scheduling/projection.py, step by step; the reasons are told there.

local SOON = 0.0005
local CALLS_AT_ONCE = 4
local QUIET_WINDOWS = 60
local SMALLEST_SHARE = 1 / 16

local function credit(meter, amount, scale)
  if meter.index == 1 then
    return math.max(1, math.floor(meter.burst * scale)) - 1
  end
  return math.max(meter.cap * meter.burst, math.min(CALLS_AT_ONCE * amount, meter.cap / 2)) * scale
end

-- Share of the burst that is trusted now.
local function trusted_burst(window)
  local share, hours = account.burst_scale, 0
  if share < 1 then
    hours = math.floor((now - account.halved_at) / (QUIET_WINDOWS * window))
  end
  if hours > 0 and share == 0 then
    share, hours = SMALLEST_SHARE, hours - 1
  end
  return math.min(1, share * 2 ^ math.min(hours, 1 / SMALLEST_SHARE))
end

-- Only meters with a cap are played; slots and sums of the others stay what they are.
local function project(meters, window)
  local sums = used(now - window)
  return {
    meters = meters,
    window = window,
    scale = trusted_burst(window),
    now = math.max(now, account.blocked_until),
    slots = { account.slots[1], account.slots[2], account.slots[3] },
    used = { sums[1], sums[2], sums[3] },
    taken = {},
    first = 1,
  }
end

-- The log is read when the first of its entries is asked for: a key with room to spare never does.
local function oldest(projection)
  if not projection.pending and not projection.read_all then
    projection.next_entry = projection.next_entry or oldest_first()
    projection.pending = projection.next_entry()
    projection.read_all = not projection.pending
  end
  return projection.pending or projection.taken[projection.first]
end

local function forget_oldest(projection)
  local amounts, sums = oldest(projection).amounts, projection.used
  if projection.pending then
    projection.pending = nil
  else
    projection.first = projection.first + 1
  end
  sums[1], sums[2], sums[3] = sums[1] - amounts[1], sums[2] - amounts[2], sums[3] - amounts[3]
end

local function is_full(projection, amounts)
  local meters, sums = projection.meters, projection.used
  for position = 1, #meters do
    local meter = meters[position]
    local before, amount = sums[meter.index], amounts[meter.index]
    if amount ~= 0 and before ~= 0 and before + amount > meter.cap then
      return true
    end
  end
  return false
end

local function earliest(projection, amounts)
  local at, window, meters = projection.now, projection.window, projection.meters
  for position = 1, #meters do
    local index = meters[position].index
    local slot = projection.slots[index]
    if amounts[index] ~= 0 and slot > at + SOON then
      at = slot
    end
  end
  -- Until now nothing leaves the window: used() has forgotten all that had left it.
  if at > now then
    local first = oldest(projection)
    while first and first.at + window <= at do
      forget_oldest(projection)
      first = oldest(projection)
    end
  end
  while is_full(projection, amounts) do
    local first = oldest(projection)
    if not first then
      break
    end
    at = math.max(at, first.at + window)
    forget_oldest(projection)
  end
  return at
end

-- Returns the seconds by which each slot was moved.
local function take(projection, amounts, at)
  local window, meters, slots, sums = projection.window, projection.meters, projection.slots, projection.used
  local scale, moved = projection.scale, { 0, 0, 0 }
  projection.now = at
  projection.taken[#projection.taken + 1] = { at = at, amounts = amounts }
  sums[1], sums[2], sums[3] = sums[1] + amounts[1], sums[2] + amounts[2], sums[3] + amounts[3]
  for position = 1, #meters do
    local meter = meters[position]
    local index, cap = meter.index, meter.cap
    local amount = amounts[index]
    if amount ~= 0 then
      local unit = meter.pace * window / cap
      local overdrawn = credit(meter, amount, scale)
      local slot = math.max(slots[index], at - overdrawn * unit) + amount * unit
      if slot > at + SOON then
        local left = math.max(0, cap - sums[index])
        slot = math.max(slot, at + amount * (oldest(projection).at + window - at) / (left + amount))
      end
      moved[index] = slot - math.max(slots[index], at - credit(meter, cap, scale) * unit)
      slots[index] = slot
    end
  end
  return moved
end
