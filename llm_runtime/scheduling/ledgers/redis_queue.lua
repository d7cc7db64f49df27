-- Who waits: KEYS[3] has the order, the hash of KEYS[1] what each wants and when it will ask again.

local PRIORITY_STEP = 2 ^ 50

local function dequeue(ticket)
  if redis.call('ZREM', QUEUE, ticket) == 1 then
    redis.call('HDEL', BOOK, 'waiting:' .. ticket)
  end
end

local function enqueue(ask, place, due)
  redis.call('ZADD', QUEUE, exact(ask.priority * PRIORITY_STEP + place), ask.ticket)
  redis.call('HSET', BOOK, 'waiting:' .. ask.ticket, cmsgpack.pack({ amounts = ask.amounts, due = due }))
  let_live(QUEUE, due - now + LIFE)
end

-- What the calls before a place want, in their order, but for one ticket; the dead are taken out of the queue.
local function ahead(ask, place, alive)
  local score = exact(ask.priority * PRIORITY_STEP + place)
  local tickets = redis.call('ZRANGEBYSCORE', QUEUE, '-inf', '(' .. score)
  local living = {}
  for index, waiting in ipairs(fields_of('waiting:', tickets)) do
    if not waiting or waiting.due < alive then
      dequeue(tickets[index])
    elseif tickets[index] ~= ask.ticket then
      living[#living + 1] = waiting.amounts
    end
  end
  return living
end
