using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Mqtt.Tests;

/// <summary>MQTT 5.0 sections 4.7 and 4.8.2, in the specification's words.</summary>
public sealed class MqttTopicTests
{
    private static readonly Gen<string> Level = Gen.Elements("", "a", "b", "sport", "$SYS", "ä");
    private static readonly Gen<string> FilterLevel = Gen.Elements("", "a", "b", "sport", "$SYS", "ä", "+");

    private static readonly Gen<string> Topic = Gen.NonEmptyListOf(Level).Select(levels => string.Join('/', levels.Take(5))).Where(topic => topic.Length > 0);

    private static readonly Gen<string> Filter =
        from levels in Gen.NonEmptyListOf(FilterLevel)
        from tail in Gen.Elements("", "/#")
        let text = string.Join('/', levels.Take(5)) + tail
        where text.Length > 0
        select text;

    [Theory(DisplayName = "[MQTT-4.7.1-1] The multi-level wildcard character MUST be specified either on its own or following a topic level separator; it MUST be the last character")]
    [InlineData("#", true)]
    [InlineData("sport/tennis/#", true)]
    [InlineData("/#", true)]
    [InlineData("sport/tennis#", false)]
    [InlineData("sport/tennis/#/ranking", false)]
    [InlineData("#/a", false)]
    [InlineData("##", false)]
    public void The_multi_level_wildcard_stands_alone_at_the_end(string filter, bool valid) => AssertValid(filter, valid, "[MQTT-4.7.1-1]");

    [Theory(DisplayName = "[MQTT-4.7.1-2] The single-level wildcard MUST occupy an entire level of the filter")]
    [InlineData("+", true)]
    [InlineData("+/tennis/#", true)]
    [InlineData("sport/+/player1", true)]
    [InlineData("+/+", true)]
    [InlineData("sport+", false)]
    [InlineData("sport/+x", false)]
    public void The_single_level_wildcard_fills_a_level(string filter, bool valid) => AssertValid(filter, valid, "[MQTT-4.7.1-2]");

    [Theory(DisplayName = "Section 4.7.1.2, 4.7.1.3: the examples of the specification")]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/#", "sports", false)]
    [InlineData("#", "a", true)]
    [InlineData("#", "/", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("+/#", "a", true)]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/b/", false)]
    [InlineData("a/b/", "a/b", false)]
    [InlineData("Accounts", "ACCOUNTS", false)]
    public void The_examples_of_the_specification_match(string filter, string topic, bool matches) => AssertMatches(filter, topic, matches);

    [Theory(DisplayName = "[MQTT-4.7.2-1] The Server MUST NOT match Topic Filters starting with a wildcard character with Topic Names beginning with a $ character")]
    [InlineData("#", "$SYS/uptime", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS/", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("a/#", "a/$b", true)]
    public void Wildcards_do_not_see_server_topics(string filter, string topic, bool matches) => AssertMatches(filter, topic, matches);

    [Fact(DisplayName = "[MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-4.7.3-3] At least one character, no U+0000, no more than 65,535 bytes")]
    public void Names_and_filters_keep_the_limits_of_the_specification()
    {
        Assert.Contains("[MQTT-4.7.3-1]", MqttTopic.Check("")!.Message, StringComparison.Ordinal);
        Assert.Contains("[MQTT-4.7.3-2]", MqttTopic.Check("a\0b")!.Message, StringComparison.Ordinal);
        Assert.Contains("[MQTT-4.7.3-2]", MqttTopic.Check("a\0b"u8)!.Message, StringComparison.Ordinal);
        Assert.Null(MqttTopic.Check(new string('a', 65_535)));
        Assert.Contains("[MQTT-4.7.3-3]", MqttTopic.Check(new string('a', 65_536))!.Message, StringComparison.Ordinal);
        Assert.Contains("[MQTT-4.7.3-3]", MqttTopic.Check(new string('ä', 32_768))!.Message, StringComparison.Ordinal);
        Assert.Contains("[MQTT-4.7.3-3]", MqttTopic.Check(new byte[65_536].AsSpan())!.Message, StringComparison.Ordinal);
        Assert.False(MqttTopicFilter.TryParse("", out _, out var fault));
        Assert.Equal(MqttReasonCode.TopicFilterInvalid, fault.Code);
        Assert.False(MqttTopicFilter.TryParse(new string('a', 65_536), out _, out _));
    }

    [Fact(DisplayName = "[MQTT-1.5.4-1] The character data MUST be well-formed UTF-8 and MUST NOT include code points between U+D800 and U+DFFF")]
    public void Names_are_well_formed_Unicode()
    {
        Assert.Equal(MqttReasonCode.MalformedPacket, MqttTopic.Check("a\ud800b")!.Code);
        Assert.Equal(MqttReasonCode.MalformedPacket, MqttTopic.Check([0x61, 0xED, 0xA0, 0x80])!.Code);
        Assert.Equal(MqttReasonCode.MalformedPacket, MqttTopic.Check([0xC0, 0x80])!.Code);
        Assert.Null(MqttTopic.Check("\U0001F600/\ufeff"));
    }

    [Fact(DisplayName = "[MQTT-4.7.0-1] The wildcard characters can be used in Topic Filters, but MUST NOT be used within a Topic Name")]
    public void A_topic_name_has_no_wildcards()
    {
        Assert.Equal(MqttReasonCode.TopicNameInvalid, MqttTopic.Check("a/+")!.Code);
        Assert.Equal(MqttReasonCode.TopicNameInvalid, MqttTopic.Check("a/#"u8)!.Code);
        Assert.Null(MqttTopic.Check("$SYS/a b/"));
    }

    [Theory(DisplayName = "[MQTT-4.8.2-1] [MQTT-4.8.2-2] $share/, a ShareName without / + #, a /, a Topic Filter")]
    [InlineData("$share/consumer1/sport/tennis/+", "consumer1", "sport/tennis/+")]
    [InlineData("$share/c//finance", "c", "/finance")]
    [InlineData("$share/c/#", "c", "#")]
    public void A_shared_subscription_is_taken_apart(string text, string share, string filter)
    {
        var parsed = Parse(text);
        Assert.Equal((share, filter, text), (parsed.ShareName, parsed.Filter, parsed.Text));
        Assert.True(MqttTopicFilter.TryParse(text, out var plain, out _, shared: false));
        Assert.Equal((null, text), (plain.ShareName, plain.Filter));
    }

    [Theory]
    [InlineData("$share/", "[MQTT-4.8.2-1]")]
    [InlineData("$share//a", "[MQTT-4.8.2-1]")]
    [InlineData("$share/c", "[MQTT-4.8.2-2]")]
    [InlineData("$share/c/", "[MQTT-4.8.2-2]")]
    [InlineData("$share/c+/a", "[MQTT-4.8.2-2]")]
    [InlineData("$share/#", "[MQTT-4.8.2-2]")]
    [InlineData("$share/c/a#", "[MQTT-4.7.1-1]")]
    public void A_bad_shared_subscription_is_refused(string text, string statement) => AssertValid(text, valid: false, statement);

    [Fact]
    public void A_shared_filter_matches_like_its_filter()
    {
        var filter = Parse("$share/g/devices/+/status");
        Assert.True(filter.Matches("devices/d1/status"));
        Assert.False(filter.Matches("$share/g/devices/d1/status"));
    }

    [Fact]
    public void Matching_agrees_with_the_definition_level_by_level() => Prop.ForAll(Filter.ToArbitrary(), Topic.ToArbitrary(), (text, topic) =>
    {
        var filter = Parse(text);
        var expected = ByDefinition(text.Split('/'), topic.Split('/')) && !(topic[0] == '$' && text[0] is '+' or '#' && topic[0] == '$');
        return filter.Matches(topic) == expected && filter.Matches(Encoding.UTF8.GetBytes(topic)) == expected;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_topic_matches_itself_and_a_plus_in_any_place() => Prop.ForAll(Topic.Where(topic => topic[0] != '$').ToArbitrary(), Gen.Choose(0, 4).ToArbitrary(), (topic, at) =>
    {
        var levels = topic.Split('/');
        levels[at % levels.Length] = "+";
        return Parse(topic).Matches(topic) && Parse(string.Join('/', levels)).Matches(topic) && Parse(topic + "/#").Matches(topic);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_parsed_or_refused() => Prop.ForAll<string?>(text =>
        text is null || MqttTopicFilter.TryParse(text, out var filter, out var fault) == (fault is null) && filter is null == fault is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void Matching_allocates_nothing()
    {
        var filter = Parse("espforge/+/telemetry/#");
        var topic = "espforge/device-1/telemetry/a/b";
        Assert.True(filter.Matches(topic));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            filter.Matches(topic);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static bool ByDefinition(ReadOnlySpan<string> filter, ReadOnlySpan<string> topic)
    {
        if (filter.IsEmpty)
            return topic.IsEmpty;
        if (filter[0] == "#")
            return true;
        if (topic.IsEmpty)
            return false;
        return (filter[0] == "+" || filter[0] == topic[0]) && ByDefinition(filter[1..], topic[1..]);
    }

    private static MqttTopicFilter Parse(string text)
    {
        Assert.True(MqttTopicFilter.TryParse(text, out var filter, out var fault), fault?.Message);
        return filter;
    }

    private static void AssertMatches(string filter, string topic, bool matches)
    {
        Assert.Equal(matches, Parse(filter).Matches(topic));
        Assert.Equal(matches, Parse(filter).Matches(Encoding.UTF8.GetBytes(topic)));
    }

    private static void AssertValid(string text, bool valid, string statement)
    {
        Assert.Equal(valid, MqttTopicFilter.TryParse(text, out _, out var fault));
        if (!valid)
            Assert.Contains(statement, fault!.Message, StringComparison.Ordinal);
    }
}
