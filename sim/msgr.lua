-- SPDX-License-Identifier: BSD-3-Clause
--
-- A dissector for Wireshark and tshark, 4.0 and later: what app/SPEC.md calls framed (5 to 15) is
-- shown field by field and in words, what it calls plain (3 and 4) as the text that it is.
--
--     tshark -X lua_script:sim/msgr.lua -r FILE
--
-- It is used on UDP and TCP port 9999 (preference msgr.ports), and wherever else a datagram, or the
-- first segment of a stream that is seen, begins with the mark. Numbers of fragments are counted
-- from 1 if the ACCEPT of their conversation has been captured (preference msgr.relative), and
-- shown as they are in hexadecimal otherwise.
--
-- The first part reads bytes into tables and knows nothing of Wireshark; the second remembers who
-- is who; the third shows. Offsets are counted from 0, as Wireshark does. Lua is 5.2 in Wireshark
-- 4.0 and 5.4 in 4.4: bit operations come from a library, and numbers are always formatted.

local MARK = "\xf9MG"
local VERSION = 1
local DATAGRAM_MAX = 1200
local BODY_MAX = 1189
local NAME_MAX = 31
local COOKIE_SIZE = 8
local CHECK_SIZE = 4
local ROOM_MAX = 33
local UNTAKEN_NOT_SAID = 65535
local TWO_TO_32 = 4294967296

-- Flags, as they stand in the field F.
local FIRST, LAST = 1, 2
local BITMAP, PROBE, DUPLICATE = 1, 2, 4

-- ---- Bytes to values --------------------------------------------------------------------------

local LIMITS = "suite:1 fragment:1 message:4 guaranteed:2 initial:2"
-- name:size in bytes; "counted" has a length byte before it; "all" is what is left.
local LAYOUTS = {
    [1] = { "HELLO", "lowest:1 highest:1 zero:2 identity:8 token:8 name:counted cookie:counted" },
    [2] = { "COOKIE", "token:8 cookie:8" },
    [3] = { "WELCOME", "token:8 version:1 zero:1 identity:8 name:counted" },
    [4] = { "REFUSE", "token:8 code:1 lowest:1 highest:1" },
    [5] = { "UNKNOWN", "" },
    [6] = { "OPEN", "to:8 from:8 id:4 nonce:8 " .. LIMITS },
    [7] = { "ACCEPT", "id:4 echo:8 own:4 nonce:8 " .. LIMITS },
    [8] = { "RESET", "id:4" },
    [9] = { "DATA", "id:4 number:4 payload:all" },
    [10] = { "ACK", "id:4 received:4 untaken:2 room:2" },
    [11] = { "FLOOR", "id:4 floor:4" },
}
local BITMAP_LAYOUT = " bitmap:4"
local WITH_PREFIX = { DATA = true, ACK = true, FLOOR = true }
local RANGES = {
    fragment = { 6, 10 }, message = { 1, 65536 }, guaranteed = { 1, 65535 }, initial = { 1, 33 },
}
local OWN_IDS = { OPEN = "id", ACCEPT = "own" }
local CODES = { "version", "name taken", "self", "full", "malformed", "suite" }

local bits = bit32 or bit

-- LuaBitOp's results are signed, bit32's are not.
local function exclusive_or(a, b)
    return bits.bxor(a, b) % TWO_TO_32
end

local function make_crc32c_table()
    local entries = {}
    for byte = 0, 255 do
        local state = byte
        for _ = 1, 8 do
            local odd = state % 2 == 1
            state = (state - state % 2) / 2
            state = odd and exclusive_or(state, 0x82F63B78) or state
        end
        entries[byte] = state
    end
    return entries
end

local CRC32C = make_crc32c_table()

local function crc32c(data)
    local state = 0xFFFFFFFF
    for at = 1, #data do
        local low = state % 256
        state = exclusive_or((state - low) / 256, CRC32C[exclusive_or(low, data:byte(at))])
    end
    return exclusive_or(state, 0xFFFFFFFF)
end

local function slice(data, at, size)
    return data:sub(at + 1, at + size)
end

local function unsigned(bytes)
    local value = 0
    for at = 1, #bytes do
        value = value * 256 + bytes:byte(at)
    end
    return value
end

local function has_flag(frame, flag)
    return math.floor(frame.flags / flag) % 2 == 1
end

local function fail(frame, reason)
    frame.malformed = frame.malformed or reason
end

-- The length's value and how many bytes it takes; or nil, why not, and whether more bytes may help.
local function read_length(data, at)
    local first, second = data:byte(at + 2, at + 3)
    if not first or first >= 0x80 and not second then
        return nil, "there is no length", true
    end
    if first < 0x80 then
        return first, 1
    end
    local length = (first - 0x80) * 256 + second
    if length < 128 then
        return nil, "the length takes more bytes than it has to"
    end
    if length > BODY_MAX then
        return nil, "the length is beyond any frame's"
    end
    return length, 2
end

-- A frame's first fields, which say where it ends; or nil, as read_length() says it, and how many
-- bytes are missing if that is known.
local function read_head(data, at)
    local length, length_size, may_help = read_length(data, at)
    if not length then
        return nil, length_size, may_help
    end
    local first = data:byte(at + 1)
    local frame = { at = at, type = first % 32, flags = (first - first % 32) / 32, length = length,
        length_size = length_size, body_at = at + 1 + length_size, fields = {}, places = {} }
    frame.size = 1 + length_size + length + CHECK_SIZE
    frame.known = LAYOUTS[frame.type] ~= nil
    frame.name = frame.known and LAYOUTS[frame.type][1] or string.format("TYPE%d", frame.type)
    if at + frame.size > #data then
        return nil, "the frame goes on behind the end", true, at + frame.size - #data
    end
    return frame
end

local function layout_of(frame)
    local layout = LAYOUTS[frame.type][2]
    if frame.name == "ACK" and has_flag(frame, BITMAP) then
        layout = layout .. BITMAP_LAYOUT
    end
    return layout:gmatch("(%w+):(%w+)")
end

-- Where a field's bytes are: offset and size; nil if the body ends before.
local function place_of(layout, data, at, stop)
    if layout == "all" then
        return at, stop - at
    end
    local size = tonumber(layout)
    if layout == "counted" then
        size = at < stop and data:byte(at + 1) or 0
        at = at + 1
    end
    if at + size <= stop then
        return at, size
    end
end

local function is_number(layout)
    return layout == "1" or layout == "2" or layout == "4"
end

local function require_ranges(frame)
    local fields = frame.fields
    for name, range in pairs(RANGES) do
        if fields[name] and (fields[name] < range[1] or fields[name] > range[2]) then
            fail(frame, string.format("%s is not %d to %d", name, range[1], range[2]))
        end
    end
    if fields.name and (#fields.name < 1 or #fields.name > NAME_MAX) then
        fail(frame, "a name has 1 to 31 bytes")
    end
    if frame.name == "HELLO" and #fields.cookie ~= 0 and #fields.cookie ~= COOKIE_SIZE then
        fail(frame, "a cookie has 8 bytes, or none")
    end
    local own = OWN_IDS[frame.name]
    if own and fields[own] == 0 then
        fail(frame, "an id is not zero")
    end
end

-- Fills `fields` (numbers of up to 4 bytes as numbers, all else as bytes), and `places`, in order.
local function read_body(frame, data)
    local at, stop = frame.body_at, frame.body_at + frame.length
    for name, layout in layout_of(frame) do
        local place, size = place_of(layout, data, at, stop)
        if not place then
            return fail(frame, "the body is too short")
        end
        local bytes = slice(data, place, size)
        frame.fields[name] = is_number(layout) and unsigned(bytes) or bytes
        frame.places[#frame.places + 1] = { name = name, at = place, size = size }
        at = place + size
    end
    if at < stop then
        frame.places[#frame.places + 1] = { name = "rest", at = at, size = stop - at }
    end
    require_ranges(frame)
end

local function passes_check(frame, prefix)
    return crc32c(prefix .. frame.covered) == frame.check
end

-- The frame at an offset; or what read_head() says.
local function read_frame(data, at)
    local frame, reason, may_help, missing = read_head(data, at)
    if not frame then
        return nil, reason, may_help, missing
    end
    frame.covered = slice(data, at, frame.size - CHECK_SIZE)
    frame.check = unsigned(slice(data, at + frame.size - CHECK_SIZE, CHECK_SIZE))
    if frame.known then
        read_body(frame, data)
    elseif frame.length > 0 then
        frame.places[1] = { name = "body", at = frame.body_at, size = frame.length }
    end
    return frame
end

-- How many bytes the UTF-8 character at `at` (from 1) has; nil if there is none.
local function utf8_size(bytes, at)
    local first, second = bytes:byte(at, at + 1)
    if first < 0x80 then
        return 1
    end
    local size = first >= 0xF0 and 4 or first >= 0xE0 and 3 or 2
    if first < 0xC2 or first > 0xF4 or not bytes:find("^[\x80-\xbf]+", at + 1) then
        return nil
    end
    if first == 0xE0 and second < 0xA0 or first == 0xED and second > 0x9F
        or first == 0xF0 and second < 0x90 or first == 0xF4 and second > 0x8F then
        return nil
    end
    local rest = bytes:sub(at + 1, at + size - 1)
    return #rest == size - 1 and not rest:find("[^\x80-\xbf]") and size or nil
end

local function is_control(character)
    return character:find("^[%c]$") ~= nil or character:find("^\xc2[\x80-\x9f]$") ~= nil
end

local function is_name(bytes)
    local at = 1
    while at <= #bytes do
        local size = utf8_size(bytes, at)
        if not size or is_control(bytes:sub(at, at + size - 1)) then
            return false
        end
        at = at + size
    end
    return true
end

local ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\" }

local function escape_byte(byte)
    return string.format("\\x%02x", byte:byte())
end

-- As text that may stand anywhere: what is no character, or no printable one, is escaped.
local function printable(bytes, size_max)
    local words, at = {}, 1
    while at <= #bytes and at <= (size_max or #bytes) do
        local size = utf8_size(bytes, at)
        local character = bytes:sub(at, at + (size or 1) - 1)
        if not size or is_control(character) or ESCAPES[character] then
            words[#words + 1] = ESCAPES[character] or character:gsub(".", escape_byte)
        else
            words[#words + 1] = character
        end
        at = at + #character
    end
    return table.concat(words) .. (at <= #bytes and "…" or "")
end

-- ---- Who is who -------------------------------------------------------------------------------
--
-- A history is a list, for each key, of what was learnt and of the packet that said it. A packet is
-- shown by what it and those before it have said, however often and in whatever order Wireshark
-- dissects it; so nothing is learnt from a packet that was visited before.

local histories

local function forget_all()
    histories = {
        speakers = {},     -- a link's direction -> the name that its sender has given
        names = {},        -- identity -> name
        incarnations = {}, -- id -> incarnation
        streams = {},      -- a stream's direction -> how it goes on
        count = 0,         -- of incarnations
    }
end

forget_all()

local function learn(history, key, value, pinfo)
    if pinfo.visited then
        return
    end
    local entries = history[key] or {}
    history[key] = entries
    if #entries == 0 or entries[#entries].value ~= value then
        entries[#entries + 1] = { packet = pinfo.number, value = value }
    end
end

-- The latest first.
local function each_known(history, key, pinfo)
    local entries = history[key] or {}
    local at = #entries + 1
    return function()
        repeat
            at = at - 1
        until at < 1 or entries[at].packet <= pinfo.number
        return at >= 1 and entries[at].value or nil, at >= 1 and entries[at].packet or nil
    end
end

local function known(history, key, pinfo)
    return each_known(history, key, pinfo)()
end

local tcp_stream = Field.new("tcp.stream")
local PORT_TYPE_TCP = 2

-- The key of one direction of a link: of this packet's, or of the other.
local function direction(pinfo, other)
    local transport = "udp"
    if pinfo.port_type == PORT_TYPE_TCP then
        local streams = { tcp_stream() }
        transport = "tcp " .. tostring(streams[#streams])
    end
    local source = tostring(pinfo.src) .. " " .. tostring(pinfo.src_port)
    local destination = tostring(pinfo.dst) .. " " .. tostring(pinfo.dst_port)
    if other then
        source, destination = destination, source
    end
    return transport .. " " .. source .. " " .. destination
end

local function sender_on_link(pinfo)
    return known(histories.speakers, direction(pinfo), pinfo)
end

local function receiver_on_link(pinfo)
    return known(histories.speakers, direction(pinfo, true), pinfo)
end

local function name_of(identity, pinfo)
    return known(histories.names, identity, pinfo)
end

local function learn_name(frame, pinfo)
    local name = printable(frame.fields.name)
    learn(histories.speakers, direction(pinfo), name, pinfo)
    learn(histories.names, frame.fields.identity, name, pinfo)
end

-- An end's first fragment has the number that the low half of its nonce is.
local function start_of(nonce)
    return unsigned(slice(nonce, 4, 4))
end

-- Each end of an incarnation is found by its id, that is, by the id of the frames that it receives:
-- `owner` is that end, `other` the one that sends these frames.
local function learn_end(id, owner, other, incarnation, pinfo)
    learn(histories.incarnations, id,
        { incarnation = incarnation, owner = owner, other = other, first_seen = {} }, pinfo)
end

local function is_learnt(id, prefix, pinfo)
    for known_end in each_known(histories.incarnations, id, pinfo) do
        if known_end.incarnation.prefix == prefix then
            return true
        end
    end
    return false
end

-- An ACCEPT has both ids and both nonces.
local function learn_incarnation(frame, pinfo)
    local fields = frame.fields
    local prefix = fields.echo .. fields.nonce
    if pinfo.visited or is_learnt(fields.id, prefix, pinfo) and is_learnt(fields.own, prefix, pinfo)
    then
        return
    end
    histories.count = histories.count + 1
    local incarnation = { prefix = prefix, number = histories.count }
    local opener = { name = receiver_on_link(pinfo), start = start_of(fields.echo) }
    local accepter = { name = sender_on_link(pinfo), start = start_of(fields.nonce) }
    learn_end(fields.id, opener, accepter, incarnation, pinfo)
    learn_end(fields.own, accepter, opener, incarnation, pinfo)
end

local LEARN = { HELLO = learn_name, WELCOME = learn_name, ACCEPT = learn_incarnation }

-- Sets `status` ("good", "bad" or "unknown"), and `towards`, the end that the frame is for.
local function verify(frame, pinfo)
    frame.status = "unknown"
    if frame.known and not WITH_PREFIX[frame.name] then
        frame.status = passes_check(frame, "") and "good" or "bad"
    elseif frame.known and frame.fields.id then
        for known_end in each_known(histories.incarnations, frame.fields.id, pinfo) do
            frame.status = "bad"
            if passes_check(frame, known_end.incarnation.prefix) then
                frame.status, frame.towards = "good", known_end
                return
            end
        end
    end
end

-- Sets `again`, the packet that the same fragment was in before, if there was one.
local function remember_fragment(frame, pinfo)
    local first_seen, number = frame.towards.first_seen, frame.fields.number
    first_seen[number] = first_seen[number] or pinfo.number
    if first_seen[number] < pinfo.number then
        frame.again = first_seen[number]
    end
end

local function take_in(frame, pinfo)
    verify(frame, pinfo)
    if frame.status == "good" and not frame.malformed then
        if LEARN[frame.name] then
            LEARN[frame.name](frame, pinfo)
        elseif frame.name == "DATA" then
            remember_fragment(frame, pinfo)
        elseif frame.name == "RESET" then
            frame.towards = known(histories.incarnations, frame.fields.id, pinfo)
        end
    end
end

-- ---- In words ---------------------------------------------------------------------------------

local msgr = Proto("msgr", "lwip-messenger")
msgr.prefs.ports = Pref.range("Ports", "9999",
    "UDP and TCP ports, besides all on which the mark is seen", 65535)
msgr.prefs.relative = Pref.bool("Count fragments from 1", true,
    "Where their conversation's ACCEPT has been captured")

local TEXT_MAX = 60 -- bytes of a text that Info shows

-- A fragment's number, of the fragments that one end sends.
local function number_words(number, sender)
    if sender and msgr.prefs.relative then
        local distance = (number - sender.start) % TWO_TO_32
        if distance < TWO_TO_32 / 2 then
            return string.format("%d", distance + 1)
        end
        return string.format("%d", distance + 1 - TWO_TO_32)
    end
    return string.format("0x%08x", number)
end

local function sent_number(frame, number)
    return number_words(number, frame.towards and frame.towards.other)
end

local function acknowledged_number(frame, number)
    return number_words(number, frame.towards and frame.towards.owner)
end

local function plus(number, more)
    return (number + more) % TWO_TO_32
end

-- The numbers that an ACK's bitmap names.
local function held(frame)
    local numbers, bitmap = {}, frame.fields.bitmap or 0
    for bit_number = 0, 31 do
        if bitmap % 2 == 1 then
            numbers[#numbers + 1] = plus(frame.fields.received, 1 + bit_number)
        end
        bitmap = math.floor(bitmap / 2)
    end
    return numbers
end

-- "14, 16 to 18"
local function held_words(frame)
    local words, numbers, at = {}, held(frame), 1
    while at <= #numbers do
        local last = at
        while numbers[last + 1] == plus(numbers[last], 1) do
            last = last + 1
        end
        local text = acknowledged_number(frame, numbers[at])
        if last > at then
            text = text .. (last > at + 1 and " to " or ", ")
                .. acknowledged_number(frame, numbers[last])
        end
        words[#words + 1] = text
        at = last + 1
    end
    return table.concat(words, ", ")
end

local function taken(frame)
    if frame.fields.untaken ~= UNTAKEN_NOT_SAID then
        return plus(frame.fields.received, -frame.fields.untaken)
    end
end

local function range_words(fields)
    return string.format("%d to %d", fields.lowest, fields.highest)
end

local function code_words(code)
    return CODES[code] or string.format("code %d", code)
end

local function part_words(frame)
    if has_flag(frame, FIRST) then
        return has_flag(frame, LAST) and "," or " begins"
    end
    return has_flag(frame, LAST) and " ends" or " goes on"
end

local WORDS = {}

function WORDS.HELLO(frame)
    local words = #frame.fields.cookie > 0 and "HELLO with cookie" or "HELLO"
    if frame.fields.lowest ~= VERSION or frame.fields.highest ~= VERSION then
        words = words .. ", versions " .. range_words(frame.fields)
    end
    return words
end

function WORDS.WELCOME(frame)
    return string.format("WELCOME, version %d", frame.fields.version)
end

function WORDS.REFUSE(frame)
    local words = "REFUSE: " .. code_words(frame.fields.code)
    if CODES[frame.fields.code] == "version" then
        words = words .. ", speaks " .. range_words(frame.fields)
    end
    return words
end

function WORDS.UNKNOWN()
    return "UNKNOWN, say HELLO"
end

function WORDS.OPEN(frame)
    local words = string.format("OPEN, messages up to %d bytes", frame.fields.message)
    if frame.fields.suite ~= 0 then
        words = words .. string.format(", suite %d", frame.fields.suite)
    end
    return words
end

function WORDS.ACCEPT(frame)
    return "ACCEPT" .. WORDS.OPEN(frame):sub(#"OPEN" + 1)
end

function WORDS.RESET(frame)
    local words = string.format("RESET of id 0x%08x", frame.fields.id)
    if frame.towards then
        words = words .. string.format(", conversation %d", frame.towards.incarnation.number)
    end
    return words
end

function WORDS.DATA(frame)
    local payload = frame.fields.payload
    local words = string.format('DATA %s%s "%s"', sent_number(frame, frame.fields.number),
        part_words(frame), printable(payload, TEXT_MAX))
    if #payload > TEXT_MAX then
        words = words .. string.format(" (%d bytes)", #payload)
    end
    return frame.again and words .. " again" or words
end

function WORDS.ACK(frame)
    local words = { "ACK " .. acknowledged_number(frame, frame.fields.received) }
    if taken(frame) then
        words[#words + 1] = "taken " .. acknowledged_number(frame, taken(frame))
    end
    if frame.fields.bitmap and frame.fields.bitmap ~= 0 then
        words[#words + 1] = "holds " .. held_words(frame)
    end
    words[#words + 1] = frame.fields.room == 0 and "no room" or nil
    words[#words + 1] = has_flag(frame, PROBE) and "probe" or nil
    words[#words + 1] = has_flag(frame, DUPLICATE) and "duplicate" or nil
    return table.concat(words, " ")
end

function WORDS.FLOOR(frame)
    return "FLOOR " .. sent_number(frame, frame.fields.floor)
end

local function frame_words(frame)
    local words = frame.name
    if not frame.known then
        words = string.format("%s, skipped", frame.name)
    elseif frame.malformed then
        words = string.format("%s, malformed: %s", frame.name, frame.malformed)
    elseif WORDS[frame.name] then
        words = WORDS[frame.name](frame)
    end
    return frame.status == "bad" and words .. " (bad check)" or words
end

-- ---- Fields -----------------------------------------------------------------------------------

local STATUS = { bad = 0, good = 1, unknown = 2 }
local STATUS_WORDS = { [0] = "bad", "good", "unknown" }
local TYPE_WORDS = {}
for number = 12, 15 do
    TYPE_WORDS[number] = "kept for relays and announcements"
end
for number, layout in pairs(LAYOUTS) do
    TYPE_WORDS[number] = layout[1]
end
local SUITE_WORDS = { [0] = "the check alone", "kept for Noise NNpsk0" }

local fields = {
    plain = ProtoField.string("msgr.plain", "Text"),
    mark = ProtoField.bytes("msgr.mark", "Mark"),
    mark_version = ProtoField.uint8("msgr.mark.version", "Version"),
    frame = ProtoField.none("msgr.frame", "Frame"),
    type = ProtoField.uint8("msgr.type", "Type", base.DEC, TYPE_WORDS, 0x1F),
    flags = ProtoField.uint8("msgr.flags", "Flags", base.HEX, nil, 0xE0),
    first = ProtoField.bool("msgr.flags.first", "First of a message", 8, nil, 0x20),
    last = ProtoField.bool("msgr.flags.last", "Last of a message", 8, nil, 0x40),
    with_bitmap = ProtoField.bool("msgr.flags.bitmap", "Bitmap", 8, nil, 0x20),
    probe = ProtoField.bool("msgr.flags.probe", "Probe: to be answered at once", 8, nil, 0x40),
    duplicate = ProtoField.bool("msgr.flags.duplicate", "Duplicate: a fragment came again", 8, nil,
        0x80),
    length = ProtoField.uint16("msgr.length", "Length of the body"),
    lowest = ProtoField.uint8("msgr.lowest", "Lowest version"),
    highest = ProtoField.uint8("msgr.highest", "Highest version"),
    version = ProtoField.uint8("msgr.version", "Version from here on"),
    zero = ProtoField.uint16("msgr.zero", "Zero", base.HEX),
    identity = ProtoField.uint64("msgr.identity", "Identity", base.HEX),
    token = ProtoField.uint64("msgr.token", "Token", base.HEX),
    name = ProtoField.string("msgr.name", "Name"),
    cookie = ProtoField.bytes("msgr.cookie", "Cookie"),
    code = ProtoField.uint8("msgr.code", "Reason", base.DEC, CODES),
    to = ProtoField.uint64("msgr.to", "To identity", base.HEX),
    from = ProtoField.uint64("msgr.from", "From identity", base.HEX),
    id = ProtoField.uint32("msgr.id", "Id", base.HEX),
    own = ProtoField.uint32("msgr.own", "Own id", base.HEX),
    nonce = ProtoField.uint64("msgr.nonce", "Nonce", base.HEX),
    echo = ProtoField.uint64("msgr.echo", "Echoed nonce", base.HEX),
    suite = ProtoField.uint8("msgr.suite", "Suite", base.DEC, SUITE_WORDS),
    fragment = ProtoField.uint8("msgr.fragment", "Fragment, as a power of 2"),
    message = ProtoField.uint32("msgr.message", "Largest message"),
    guaranteed = ProtoField.uint16("msgr.guaranteed", "Guaranteed fragments"),
    initial = ProtoField.uint16("msgr.initial", "Fragments before the first ACK"),
    number = ProtoField.uint32("msgr.number", "Number", base.HEX),
    payload = ProtoField.bytes("msgr.payload", "Payload"),
    text = ProtoField.string("msgr.text", "Text"),
    received = ProtoField.uint32("msgr.received", "Received all below", base.HEX),
    untaken = ProtoField.uint16("msgr.untaken", "Untaken"),
    taken = ProtoField.uint32("msgr.taken", "Taken all below", base.HEX),
    room = ProtoField.uint16("msgr.room", "Room"),
    limit = ProtoField.uint32("msgr.limit", "Limit: may be sent all below", base.HEX),
    bitmap = ProtoField.uint32("msgr.bitmap", "Bitmap", base.HEX),
    held = ProtoField.uint32("msgr.held", "Holds", base.HEX),
    floor = ProtoField.uint32("msgr.floor", "Floor: given up below", base.HEX),
    rest = ProtoField.bytes("msgr.rest", "Fields of a later version"),
    body = ProtoField.bytes("msgr.body", "Body"),
    check = ProtoField.uint32("msgr.check", "Check", base.HEX),
    status = ProtoField.uint8("msgr.check.status", "Check is", base.DEC, STATUS_WORDS),
    conversation = ProtoField.uint32("msgr.conversation", "Conversation"),
    sender = ProtoField.string("msgr.sender", "From"),
    receiver = ProtoField.string("msgr.receiver", "To"),
    again = ProtoField.framenum("msgr.again", "First seen in packet"),
    dropped = ProtoField.bytes("msgr.dropped", "Not read"),
}
for _, field in pairs(fields) do
    msgr.fields[#msgr.fields + 1] = field
end

local function make_expert(name, text, group, severity)
    return ProtoExpert.new("msgr." .. name, text, expert.group[group], expert.severity[severity])
end

local experts = {
    malformed = make_expert("malformed", "Malformed", "MALFORMED", "ERROR"),
    cut = make_expert("cut", "Cut short by the capture", "UNDECODED", "NOTE"),
    dropped = make_expert("rest_dropped", "A receiver drops what follows", "MALFORMED", "WARN"),
    bad_check = make_expert("check.bad", "The check is wrong", "CHECKSUM", "ERROR"),
    unknown_check = make_expert("check.unknown", "The check cannot be verified", "CHECKSUM",
        "CHAT"),
    strange_version = make_expert("mark.version_unknown", "A version that is not known here",
        "UNDECODED", "WARN"),
    wrong = make_expert("wrong", "A receiver refuses or drops it", "PROTOCOL", "WARN"),
    refused = make_expert("refused", "Refused", "RESPONSE_CODE", "WARN"),
    reset = make_expert("reset", "The end of a conversation", "SEQUENCE", "WARN"),
    unknown_link = make_expert("unknown_link", "No link is known here", "SEQUENCE", "WARN"),
    again = make_expert("sent_again", "The fragment was sent before", "SEQUENCE", "NOTE"),
    no_room = make_expert("no_room", "No further fragment may be sent", "SEQUENCE", "NOTE"),
}
for _, one in pairs(experts) do
    msgr.experts[#msgr.experts + 1] = one
end

-- ---- Showing ----------------------------------------------------------------------------------

local FLAG_FIELDS = {
    DATA = { fields.first, fields.last },
    ACK = { fields.with_bitmap, fields.probe, fields.duplicate },
}
local TEXTS = { name = true }

local function add_generated(tree, field, range, value)
    tree:add(field, range, value):set_generated()
end

local function show_head(tree, frame, tvb)
    tree:add(fields.type, tvb(frame.at, 1))
    local flags = tree:add(fields.flags, tvb(frame.at, 1))
    for _, field in ipairs(FLAG_FIELDS[frame.name] or {}) do
        flags:add(field, tvb(frame.at, 1))
    end
    tree:add(fields.length, tvb(frame.at + 1, frame.length_size), frame.length)
end

local function show_body(tree, frame, tvb)
    local items = {}
    for _, place in ipairs(frame.places) do
        local field = fields[place.name]
        if place.size > 0 and TEXTS[place.name] then
            items[place.name] = tree:add_packet_field(field, tvb(place.at, place.size), ENC_UTF_8)
        elseif place.size > 0 then
            items[place.name] = tree:add(field, tvb(place.at, place.size))
        end
    end
    return items
end

local EXTRAS = {} -- what a type's fields mean, once they have been read

local function warn(tree, wrong, text)
    if wrong then
        tree:add_proto_expert_info(experts.wrong, text)
    end
end

local function warn_of_claim(tree, frame)
    warn(tree, not is_name(frame.fields.name), "The name is no UTF-8, or has control characters")
    warn(tree, frame.fields.identity == ("\0"):rep(8), "An identity is not zero")
end

function EXTRAS.HELLO(tree, frame)
    warn_of_claim(tree, frame)
    warn(tree, frame.fields.lowest < 1 or frame.fields.lowest > frame.fields.highest,
        "The versions are the lowest and the highest, from 1")
end

EXTRAS.WELCOME = warn_of_claim

function EXTRAS.REFUSE(tree, frame)
    tree:add_proto_expert_info(experts.refused, "Refused: " .. code_words(frame.fields.code))
end

function EXTRAS.UNKNOWN(tree)
    tree:add_proto_expert_info(experts.unknown_link)
end

function EXTRAS.OPEN(tree, frame, items, pinfo)
    for _, name in ipairs({ "to", "from" }) do
        local peer = name_of(frame.fields[name], pinfo)
        items[name]:append_text(peer and " (" .. peer .. ")" or "")
    end
    warn(tree, frame.fields.from >= frame.fields.to, "OPEN does not come from the lower identity")
end

function EXTRAS.RESET(tree)
    tree:add_proto_expert_info(experts.reset)
end

function EXTRAS.DATA(tree, frame, items, _, tvb)
    items.number:append_text(" (" .. sent_number(frame, frame.fields.number) .. ")")
    if items.payload then
        local place = frame.places[#frame.places]
        add_generated(tree, fields.text, tvb(place.at, place.size), printable(frame.fields.payload))
    end
    if frame.again then
        add_generated(tree, fields.again, tvb(frame.at, frame.size), frame.again)
        tree:add_proto_expert_info(experts.again)
    end
end

local function add_place(tree, field, range, frame, number)
    local item = tree:add(field, range, number)
    item:set_generated()
    item:append_text(" (" .. acknowledged_number(frame, number) .. ")")
end

local function show_held(tree, frame, range)
    for _, number in ipairs(held(frame)) do
        add_place(tree, fields.held, range, frame, number)
    end
end

function EXTRAS.ACK(tree, frame, items, _, tvb)
    local values, range = frame.fields, tvb(frame.at, frame.size)
    items.received:append_text(" (" .. acknowledged_number(frame, values.received) .. ")")
    if taken(frame) then
        add_place(tree, fields.taken, range, frame, taken(frame))
    else
        items.untaken:append_text(" (that many or more: says nothing of what is taken)")
    end
    add_place(tree, fields.limit, range, frame, plus(values.received, values.room))
    if items.bitmap then
        items.bitmap:append_text(" (holds " .. held_words(frame) .. ")")
        show_held(items.bitmap, frame, range)
    end
    warn(tree, values.room > ROOM_MAX, "An ACK with room for more than 33 is dropped whole")
    if values.room == 0 then
        tree:add_proto_expert_info(experts.no_room)
    end
end

function EXTRAS.FLOOR(_, frame, items)
    items.floor:append_text(" (" .. sent_number(frame, frame.fields.floor) .. ")")
end

local function show_check(tree, frame, tvb)
    local range = tvb(frame.at + frame.size - CHECK_SIZE, CHECK_SIZE)
    tree:add(fields.check, range)
    add_generated(tree, fields.status, range, STATUS[frame.status])
    if frame.status == "bad" then
        tree:add_proto_expert_info(experts.bad_check)
    elseif frame.status == "unknown" and frame.known then
        tree:add_proto_expert_info(experts.unknown_check)
    end
end

local function show_frame(tree, frame, tvb, pinfo)
    local item = tree:add(fields.frame, tvb(frame.at, frame.size))
    item:set_text("Frame: " .. frame_words(frame))
    show_head(item, frame, tvb)
    local items = show_body(item, frame, tvb)
    if frame.malformed then
        item:add_proto_expert_info(experts.malformed, "Malformed: " .. frame.malformed)
    elseif EXTRAS[frame.name] then
        EXTRAS[frame.name](item, frame, items, pinfo, tvb)
    end
    if frame.towards then
        add_generated(item, fields.conversation, tvb(frame.at, frame.size),
            frame.towards.incarnation.number)
    end
    show_check(item, frame, tvb)
end

-- Both ends' names: from the conversation if a frame of it is here, otherwise from the link.
local function names_of_ends(frames, pinfo)
    for _, frame in ipairs(frames) do
        local towards = frame.towards
        if towards and WITH_PREFIX[frame.name] and towards.owner.name and towards.other.name then
            return towards.other.name, towards.owner.name
        end
    end
    return sender_on_link(pinfo), receiver_on_link(pinfo)
end

local function show_names(tree, frames, range, pinfo)
    local sender, receiver = names_of_ends(frames, pinfo)
    if sender then
        add_generated(tree, fields.sender, range, sender)
    end
    if receiver then
        add_generated(tree, fields.receiver, range, receiver)
    end
    if sender or receiver then
        return string.format("%s > %s: ", sender or "?", receiver or "?")
    end
    return ""
end

-- A packet of a stream may be dissected in several parts; each adds to Info.
local function say(pinfo, names, words)
    local first = not pinfo.private["msgr_said"]
    pinfo.private["msgr_said"] = "yes"
    pinfo.cols.protocol = "MSGR"
    pinfo.cols.info:set((first and names or " | ") .. words)
    pinfo.cols.info:fence()
end

-- What was read from a datagram, or from a part of a stream:
--   at, stop   from where to where
--   version    in the mark, if it has one
--   frames     the frames in it
--   problem    why the rest was not read: its reason; `cut` if the capture has not got it
local function show(contents, tvb, pinfo, tree)
    local range = tvb(contents.at, contents.stop - contents.at)
    local item, words = tree:add(msgr, range), {}
    if contents.version then
        item:add(fields.mark, tvb(contents.at, math.min(#MARK, range:len())))
        if range:len() > #MARK then
            item:add(fields.mark_version, tvb(contents.at + #MARK, 1))
        end
    end
    local names = show_names(item, contents.frames, range, pinfo)
    for _, frame in ipairs(contents.frames) do
        show_frame(item, frame, tvb, pinfo)
        words[#words + 1] = frame_words(frame)
    end
    if contents.problem then
        local dropped = tvb(contents.dropped_at, contents.stop - contents.dropped_at)
        if dropped:len() > 0 then
            item:add(fields.dropped, dropped)
        end
        item:add_proto_expert_info(contents.problem.expert, contents.problem.text)
        words[#words + 1] = contents.problem.words
    end
    if #words == 0 then
        words[1] = contents.version and "the mark" or nil
    end
    item:append_text(", " .. names .. table.concat(words, " | "))
    say(pinfo, names, table.concat(words, " | "))
end

local function malformed(reason)
    return { expert = experts.malformed, text = "Malformed: " .. reason,
        words = "malformed: " .. reason }
end

local CUT = { expert = experts.cut, text = "The capture has not got the rest",
    words = "cut short by the capture" }
local REST_DROPPED = { expert = experts.dropped, text = "A receiver drops what follows",
    words = "what follows is dropped" }
local UNKNOWN_VERSION = { expert = experts.strange_version,
    text = "A version of the framed protocol that is not known here", words = "not read" }

local function stop_reading(contents, at, problem)
    contents.problem, contents.dropped_at = problem, at
end

local function show_plain(tvb, pinfo, tree)
    local text = printable(tvb:raw())
    local is_answer = text:find("^Message received: ") or text:find("^Message refused: ")
    local words = (is_answer and "Plain answer: " or "Plain message: ") .. text
    tree:add(msgr, tvb(), "lwip-messenger, plain"):add(fields.plain, tvb(), text)
    say(pinfo, "", words)
    return tvb:len()
end

-- ---- Datagrams --------------------------------------------------------------------------------

local function begins_with_mark(data)
    return data:sub(1, #MARK) == MARK
end

local function is_cut(tvb)
    return tvb:reported_len() > tvb:len()
end

local function read_datagram_frames(contents, data, tvb, pinfo)
    local at = #MARK + 1
    while at < #data do
        local frame, reason, may_help = read_frame(data, at)
        if not frame then
            return stop_reading(contents, at, may_help and is_cut(tvb) and CUT or malformed(reason))
        end
        take_in(frame, pinfo)
        contents.frames[#contents.frames + 1] = frame
        at = at + frame.size
        if (frame.malformed or frame.status == "bad") and at < #data then
            return stop_reading(contents, at, REST_DROPPED)
        end
    end
end

local function read_datagram(data, tvb, pinfo)
    local contents = { at = 0, stop = #data, version = data:byte(#MARK + 1) or 0, frames = {} }
    if #data < #MARK + 1 then
        stop_reading(contents, #data, is_cut(tvb) and CUT or malformed("the mark has no version"))
    elseif contents.version == 0 then
        stop_reading(contents, #MARK + 1, malformed("version 0"))
    elseif contents.version ~= VERSION then
        stop_reading(contents, #MARK + 1, UNKNOWN_VERSION)
    else
        read_datagram_frames(contents, data, tvb, pinfo)
    end
    if not contents.problem and tvb:reported_len() > DATAGRAM_MAX then
        stop_reading(contents, #data, malformed("it has more than 1200 bytes"))
    end
    return contents
end

local function dissect_datagram(tvb, pinfo, tree)
    local data = tvb:raw()
    if not begins_with_mark(data) then
        return show_plain(tvb, pinfo, tree)
    end
    show(read_datagram(data, tvb, pinfo), tvb, pinfo, tree)
    return tvb:len()
end

-- ---- Streams ----------------------------------------------------------------------------------
--
-- A direction of a stream begins with the mark, or is plain. What it is, and from which packet on,
-- is kept in a history: "framed", "plain", or "lost" behind a length that no frame can have.

-- Is it in the middle of a framed stream, whose beginning was not captured? Then it begins with
-- whole frames, what there is of them is right, and they cannot be taken for a text.
local function is_joined_late(data)
    local frame, at = read_frame(data, 0), 0
    while frame do
        local may_be = frame.known and not frame.malformed
            and (WITH_PREFIX[frame.name] or passes_check(frame, ""))
        if not may_be then
            return false
        end
        at = at + frame.size
        frame = read_frame(data, at)
    end
    return at > 0 and data:find("[\0-\8]") ~= nil
end

local function mode_of(data)
    local is_framed = #data > #MARK and begins_with_mark(data) or is_joined_late(data)
    return is_framed and "framed" or "plain"
end

local function is_beginning(data, key, pinfo)
    for mode, since in each_known(histories.streams, key, pinfo) do
        if mode == "framed" then
            return since == pinfo.number and begins_with_mark(data)
        end
    end
    return not known(histories.streams, key, pinfo)
end

-- False where the capture's settings, or a packet that was not captured whole, forbid to wait.
local function wait_for_more(tvb, pinfo, at, missing)
    if pinfo.can_desegment < 1 or is_cut(tvb) then
        return false
    end
    pinfo.desegment_offset = at
    pinfo.desegment_len = missing or DESEGMENT_ONE_MORE_SEGMENT
    return true
end

local function read_stream_frames(contents, data, at, tvb, pinfo)
    while at < #data do
        local frame, reason, may_help, missing = read_frame(data, at)
        if not frame and may_help and wait_for_more(tvb, pinfo, at, missing) then
            contents.stop = at
            return
        elseif not frame then
            if not may_help then
                learn(histories.streams, direction(pinfo), "lost", pinfo)
            end
            return stop_reading(contents, at, may_help and CUT or malformed(reason))
        end
        take_in(frame, pinfo)
        contents.frames[#contents.frames + 1] = frame
        at = at + frame.size
    end
end

local function read_stream(data, begins, tvb, pinfo)
    local contents = { at = 0, stop = #data, frames = {} }
    if begins then
        contents.version = data:byte(#MARK + 1)
    end
    if begins and contents.version ~= VERSION then
        learn(histories.streams, direction(pinfo), "lost", pinfo)
        stop_reading(contents, #MARK + 1,
            contents.version == 0 and malformed("version 0") or UNKNOWN_VERSION)
    else
        read_stream_frames(contents, data, begins and #MARK + 1 or 0, tvb, pinfo)
    end
    return contents
end

local function show_lost(tvb, pinfo, tree)
    local contents = { at = 0, stop = tvb:len(), frames = {} }
    stop_reading(contents, 0, REST_DROPPED)
    show(contents, tvb, pinfo, tree)
    return tvb:len()
end

local function dissect_stream(tvb, pinfo, tree)
    local data, key = tvb:raw(), direction(pinfo)
    local mode, since = known(histories.streams, key, pinfo)
    local begins = is_beginning(data, key, pinfo)
    if begins then
        local short = #data < #MARK + 1 and MARK:sub(1, #data) == data:sub(1, #MARK)
        if short and wait_for_more(tvb, pinfo, 0) then
            return tvb:len()
        end
        mode = mode_of(data)
        begins = begins_with_mark(data)
        learn(histories.streams, key, mode, pinfo)
    end
    if mode == "plain" then
        return show_plain(tvb, pinfo, tree)
    elseif mode == "lost" and since < pinfo.number then
        return show_lost(tvb, pinfo, tree)
    end
    local contents = read_stream(data, begins, tvb, pinfo)
    if contents.stop > contents.at then
        show(contents, tvb, pinfo, tree)
    end
    return tvb:len()
end

-- ---- Where it is used -------------------------------------------------------------------------

function msgr.dissector(tvb, pinfo, tree)
    if tvb:len() == 0 then
        return 0
    elseif pinfo.port_type == PORT_TYPE_TCP then
        return dissect_stream(tvb, pinfo, tree)
    end
    return dissect_datagram(tvb, pinfo, tree)
end

local function is_marked(tvb)
    return tvb:len() > #MARK and begins_with_mark(tvb:raw(0, #MARK)) and tvb(#MARK, 1):uint() > 0
end

local function recognize(tvb, pinfo, tree)
    if not is_marked(tvb) then
        return false
    end
    pinfo.conversation = msgr
    msgr.dissector(tvb, pinfo, tree)
    return true
end

local used_ports

local function use_ports()
    for _, name in ipairs({ "udp.port", "tcp.port" }) do
        local ports = DissectorTable.get(name)
        if used_ports and used_ports ~= "" then
            ports:remove(used_ports, msgr)
        end
        if msgr.prefs.ports ~= "" then
            ports:add(msgr.prefs.ports, msgr)
        end
    end
    used_ports = msgr.prefs.ports
end

function msgr.prefs_changed()
    if msgr.prefs.ports ~= used_ports then
        use_ports()
    end
end

msgr.init = forget_all

use_ports()
msgr:register_heuristic("udp", recognize)
msgr:register_heuristic("tcp", recognize)
