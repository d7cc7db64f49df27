-- Who works on a pull request, and what is wanted of it. KEYS[1]: its hash; KEYS[2]: the pulls that somebody is to look
-- at, by the moment from which on; ARGV[1]: what to do, ARGV[2]: the pull's name in KEYS[2].
--
-- Fields of the hash: wanted, done (numbers of wishes); p:… (the wish since the last take), p:due; r:… (the wish of the
-- turn that was taken last, if it is not fulfilled), r:number, r:cancelled; fence; holder; lease (until when); tries
-- (takes since something was fulfilled or newly wanted); installation, owner, repo, number.
local pull, index = KEYS[1], KEYS[2]
local act, name = ARGV[1], ARGV[2]
local WISH = {'reason', 'reviewers', 'full', 'comments', 'check', 'head'}
local RANK = {recovered = 1, parked = 2, push = 3, opened = 4, label = 5, rerun = 6, command = 7}
-- What nobody has wanted anything of for 35 days is forgotten.
local KEPT = 3024000

local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000

local function get(field) return redis.call('HGET', pull, field) end
local function set(...) redis.call('HSET', pull, ...) end
local function number(field) return tonumber(get(field) or 0) end
local function precise(seconds) return string.format('%.6f', seconds) end

local function read(side)
  if not get(side .. ':reason') then return nil end
  local wish = {}
  for _, field in ipairs(WISH) do wish[field] = get(side .. ':' .. field) or '' end
  return wish
end

local function write(side, wish)
  for _, field in ipairs(WISH) do set(side .. ':' .. field, wish[field]) end
end

local function forget(side)
  for _, field in ipairs(WISH) do redis.call('HDEL', pull, side .. ':' .. field) end
end

local function union(first, second)
  local seen, all = {}, {}
  for _, list in ipairs({first, second}) do
    for entry in string.gmatch(list, '[^\n]+') do
      if not seen[entry] then seen[entry] = true; table.insert(all, entry) end
    end
  end
  return table.concat(all, '\n')
end

local function merged(earlier, later)
  if not earlier then return later end
  if not later then return earlier end
  local either = function(field) if later[field] ~= '' then return later[field] end return earlier[field] end
  local everyone = earlier.reviewers == '' or later.reviewers == ''
  return {
    reason = RANK[later.reason] >= RANK[earlier.reason] and later.reason or earlier.reason,
    reviewers = everyone and '' or union(earlier.reviewers, later.reviewers),
    full = either('full'),
    comments = union(earlier.comments, later.comments),
    check = either('check'),
    head = either('head'),
  }
end

local function unfinished()
  -- The wish of the last turn, where that was neither fulfilled nor cancelled.
  if get('r:cancelled') == '1' then return nil end
  return read('r')
end

local function held() return get('holder') and number('lease') > now end

local function ours(token, fence) return get('holder') == token and get('fence') == fence end

local function reindex()
  local pending, running = read('p'), unfinished()
  if not pending and not running then
    redis.call('ZREM', index, name)
    redis.call('EXPIRE', pull, KEPT)
    return
  end
  redis.call('PERSIST', pull)
  local due = pending and number('p:due') or 0
  if get('holder') then due = math.max(due, number('lease')) end
  redis.call('ZADD', index, precise(due), name)
end

local function release()
  redis.call('HDEL', pull, 'holder', 'lease', 'r:cancelled', 'r:number')
  forget('r')
end

if act == 'want' then
  local wish, at = {}, 8
  for _, field in ipairs(WISH) do wish[field] = ARGV[at]; at = at + 1 end
  local due = tonumber(ARGV[3])
  local pending = read('p')
  if pending then due = math.min(due, number('p:due')) end
  write('p', merged(pending, wish))
  set('p:due', precise(due), 'tries', 0, 'installation', ARGV[4], 'owner', ARGV[5], 'repo', ARGV[6], 'number', ARGV[7])
  local wanted = redis.call('HINCRBY', pull, 'wanted', 1)
  reindex()
  return wanted
end

if act == 'take' then
  local token, lease, early = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
  if not (held() and get('holder') == token) then
    if held() then return false end
    local pending, running = read('p'), unfinished()
    if not pending and not running then return false end
    -- What was left by a worker that died is due; what waits for its moment, is not.
    if not running and number('p:due') > now + early then return false end
    release()
    write('r', merged(running, pending))
    forget('p')
    redis.call('HDEL', pull, 'p:due')
    redis.call('HINCRBY', pull, 'fence', 1)
    redis.call('HINCRBY', pull, 'tries', 1)
    set('holder', token, 'lease', precise(now + lease), 'r:number', number('wanted'))
    reindex()
  end
  local wish = read('r')
  local answer = {get('fence'), get('r:number'), get('tries')}
  for _, field in ipairs(WISH) do table.insert(answer, wish[field]) end
  return answer
end

if act == 'keep' then
  local token, fence, lease = ARGV[3], ARGV[4], tonumber(ARGV[5])
  if not ours(token, fence) then return 'lost' end
  if number('lease') - now < lease * 2 / 3 or ARGV[6] == 'whole' then
    set('lease', precise(now + lease))
    reindex()
  end
  if get('r:cancelled') == '1' then return 'cancelled' end
  if number('wanted') > number('r:number') then return 'superseded' end
  return ''
end

if act == 'done' then
  local token, fence = ARGV[3], ARGV[4]
  if ours(token, fence) then
    set('done', number('r:number'), 'ended', token, 'tries', 0)
    release()
    reindex()
  elseif not (get('ended') == token and get('fence') == fence) then
    return 'lost'
  end
  return read('p') and 'more' or 'all'
end

if act == 'hand_back' then
  local token, fence, due = ARGV[3], ARGV[4], tonumber(ARGV[5])
  if ours(token, fence) then
    local pending, running = read('p'), unfinished()
    -- What came in the meantime has its own moment, and everything goes on with it.
    if pending then due = number('p:due') end
    if ARGV[6] == 'untried' then set('tries', math.max(0, number('tries') - 1)) end
    set('ended', token)
    release()
    local both = merged(running, pending)
    if both then
      write('p', both)
      set('p:due', precise(due))
    else
      set('done', number('wanted'))
    end
    reindex()
  elseif not (get('ended') == token and get('fence') == fence) then
    return 'lost'
  end
  return read('p') and 'more' or 'all'
end

if act == 'cancel' then
  local something = read('p') or unfinished()
  forget('p')
  redis.call('HDEL', pull, 'p:due')
  if not something then return 0 end
  if held() then
    set('r:cancelled', '1')
  else
    release()
    set('done', number('wanted'))
  end
  reindex()
  return 1
end

if act == 'state' then
  local until_ = held() and get('lease') or ''
  local wish = merged(unfinished(), read('p'))
  local answer = {
    number('wanted'), number('done'), get('fence') or '0', until_, get('p:due') or '', get('tries') or '0',
    get('r:cancelled') or '', wish and '1' or '',
  }
  if wish then for _, field in ipairs(WISH) do table.insert(answer, wish[field]) end end
  return answer
end

return redis.error_reply('ERR no such act')
