-- Who waits: KEYS[3] has the order, the hash of KEYS[1] what each wants (three amounts) and when it will ask again.

local PRIORITY_STEP = 2 ^ 50

local function dequeue(ticket)
  if account.waiting > 0 and redis.call('ZREM', QUEUE, ticket) == 1 then
    account.waiting = account.waiting - 1
    redis.call('HDEL', BOOK, 'waiting:' .. ticket)
  end
end

local function enqueue(ask, place, due)
  local wants = ask.amounts
  local score = exact(ask.priority * PRIORITY_STEP + place)
  account.waiting = account.waiting + redis.call('ZADD', QUEUE, score, ask.ticket)
  write('waiting:' .. ask.ticket, { wants[1], wants[2], wants[3], due })
  let_live(QUEUE, due - now + LIFE)
end

-- What the calls before a place want, in their order, but for one ticket; the dead are taken out of the queue.
local function ahead(ask, place, alive)
  local living = {}
  if account.waiting == 0 then
    return living
  end
  local score = exact(ask.priority * PRIORITY_STEP + place)
  local tickets = redis.call('ZRANGEBYSCORE', QUEUE, '-inf', '(' .. score)
  for index, waiting in ipairs(fields_of('waiting:', tickets)) do
    if not waiting or waiting[4] < alive then
      dequeue(tickets[index])
    elseif tickets[index] ~= ask.ticket then
      living[#living + 1] = waiting
    end
  end
  return living
end
