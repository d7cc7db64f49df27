-- When will there be room? scheduling/projection.py, line by line; the reasons are told there.

local SOON = 0.0005
local CALLS_AT_ONCE = 4

local function credit(meter, amount, index, scale)
  if index == 1 then
    return math.max(1, math.floor(meter.burst * scale)) - 1
  end
  return math.max(meter.cap * meter.burst, math.min(CALLS_AT_ONCE * amount, meter.cap / 2)) * scale
end

local function project(meters, window)
  local sums = used(now - window)
  return {
    meters = meters,
    window = window,
    now = math.max(now, account.blocked_until),
    slots = { account.slots[1], account.slots[2], account.slots[3] },
    used = { sums[1], sums[2], sums[3] },
    entries = oldest_first(),
    taken = {},
    first = 1,
  }
end

local function oldest(projection)
  if not projection.pending and not projection.read_all then
    projection.pending = projection.entries()
    projection.read_all = not projection.pending
  end
  return projection.pending or projection.taken[projection.first]
end

local function forget_oldest(projection)
  local gone = oldest(projection)
  if projection.pending then
    projection.pending = nil
  else
    projection.first = projection.first + 1
  end
  for index = 1, 3 do
    projection.used[index] = projection.used[index] - gone.amounts[index]
  end
end

local function is_full(projection, amounts)
  for index, meter in ipairs(projection.meters) do
    local before, amount = projection.used[index], amounts[index]
    if amount ~= 0 and meter.cap and before ~= 0 and before + amount > meter.cap then
      return true
    end
  end
  return false
end

local function earliest(projection, amounts)
  local at, window = projection.now, projection.window
  for index, meter in ipairs(projection.meters) do
    if meter.cap and amounts[index] ~= 0 and projection.slots[index] > at + SOON then
      at = projection.slots[index]
    end
  end
  local first = oldest(projection)
  while first and first.at + window <= at do
    forget_oldest(projection)
    first = oldest(projection)
  end
  while is_full(projection, amounts) do
    first = oldest(projection)
    if not first then
      break
    end
    at = math.max(at, first.at + window)
    forget_oldest(projection)
  end
  return at
end

local function take(projection, amounts, at)
  local window = projection.window
  projection.now = at
  projection.taken[#projection.taken + 1] = { at = at, amounts = amounts }
  local left_at = oldest(projection).at + window - at
  for index, meter in ipairs(projection.meters) do
    local amount = amounts[index]
    projection.used[index] = projection.used[index] + amount
    if meter.cap and amount ~= 0 then
      local unit = meter.pace * window / meter.cap
      local overdrawn = credit(meter, amount, index, account.burst_scale)
      local slot = math.max(projection.slots[index], at - overdrawn * unit) + amount * unit
      if slot > at + SOON then
        local left = math.max(0, meter.cap - projection.used[index])
        slot = math.max(slot, at + amount * left_at / (left + amount))
      end
      projection.slots[index] = slot
    end
  end
end
