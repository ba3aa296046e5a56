-- SPDX-License-Identifier: MIT
-- Cases: running one, its verdict, and failures that are known.

local api = _API
local sim, raise, us, set, check_options = api.sim, api.raise, api.us, api.set, api.check_options

local function leftovers()
	local lines = {}
	for _, list in ipairs { "findings", "events", "reports" } do
		for _, item in ipairs(sim.items(list)) do
			sim.take(list, item.index)
			local text = list == "reports" and "a report on the channel " .. item.kind or item.text
			lines[#lines + 1] = ("  %s  %s"):format(us(item.time), text)
		end
	end
	return lines
end

local SKIP = { __tostring = function(s) return s.reason end, __name = "faultline.skip" }

-- Leaves the case, or the scenario outside of one.
function skip(reason)
	if type(reason) ~= "string" then raise("skip: a reason is wanted") end
	error(setmetatable({ reason = reason }, SKIP), 0)
end

-- What an expected failure turns the end of its case into: verdict and message.
local function judge(known, ok, why)
	if ok then return "fail", "XPASS: the case passed, though it is known to fail: " .. known.xfail end
	if why:find(known.shows) then return "xfail", known.xfail .. "\n" .. why end
	return "fail", ("it is known to fail: %s\nbut not in this way, without \"%s\":\n%s"):format(known.xfail, known.shows, why)
end

-- { xfail = why, shows = pattern }; xfail may be nil or false: the case has to pass.
local function check_known(options)
	check_options("case", options, set("xfail", "shows"))
	if not options.xfail then return nil end
	if type(options.xfail) ~= "string" or type(options.shows) ~= "string" then
		raise("case: xfail = reason, shows = a pattern that the failure's text matches, are wanted")
	end
	local ok, why = pcall(string.find, "", options.shows)
	if not ok then raise("case: shows: %s", why) end
	return options
end

-- case(name, fn), or case(name, { xfail = why, shows = pattern }, fn)
function case(name, options, fn)
	if fn == nil then options, fn = {}, options end
	if type(name) ~= "string" or type(fn) ~= "function" then raise("case: a name and a function are wanted") end
	local known = check_known(options)
	if not sim.case_start(name) then return end
	local ok, why = sim.try(fn)
	if not ok and not sim.over() and getmetatable(why) == SKIP then
		sim.case_end(name, "skip", why.reason)
		return
	end
	-- What the case has set going belongs to it: interrupts, their threads, log lines.
	if ok then ok, why = sim.try(function() sim.settle(api.SETTLE_STEP) end) end
	local lines = leftovers()
	if not ok then why = sim.error_text(why) end
	if #lines > 0 then
		ok, why = false, (why and why .. "\n" or "") .. "not expected, but came:\n" .. table.concat(lines, "\n")
	end
	local verdict, message = ok and "pass" or "fail", not ok and why or nil
	if known and not sim.over() then verdict, message = judge(known, ok, why) end
	sim.case_end(name, verdict, message)
	if sim.over() then error(why, 0) end
end
