-- menus.lua - wrk's callers: each session dials and types three answers, all sessions at once.
local steps = { "", "98", "98*00", "98*00*2" }
local next_thread = 0
function setup(thread)
	thread:set("id", next_thread)
	next_thread = next_thread + 1
end
function init(args)
	path, callers, n = args[1], tonumber(args[2]), 0
	math.randomseed(id + tonumber(args[3]))
	salt = args[3]
end
function request()
	local session, step = math.floor(n / 4), n % 4
	n = n + 1
	local body = string.format("sessionId=%s-%d-%d&serviceCode=%%2A123%%23&phoneNumber=%%2B3556950%05d&networkCode=27601&text=%s",
		salt, id, session, (session * 7 + id * 131) % callers, (steps[step + 1]:gsub("*", "%%2A")))
	return wrk.format("POST", path, { ["Content-Type"] = "application/x-www-form-urlencoded" }, body)
end
