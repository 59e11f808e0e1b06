using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Devices.Tests;

/// <summary>docs/protocol.md 1: what names may look like. The expressions below are the page's words; the checks are written without them.</summary>
public class DeviceFieldsTests
{
    public static TheoryData<string, string> Rules => new()
    {
        { "deviceId", "^[a-z0-9_-]{3,64}\\z" },
        { "hardwareId", "^[A-Za-z0-9_:.-]{3,64}\\z" },
        { "product", "^[a-z0-9][a-z0-9_.-]{0,62}\\z" },
        { "chip", "^[a-z0-9]{3,16}\\z" },
        { "board", "^[a-z0-9_.-]{1,64}\\z" },
        { "version", "^[!-~]{1,31}\\z" },
        { "slot", "^[ab]\\z" },
        { "tag", "^[a-z0-9_.:-]{1,32}\\z" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_name_is_accepted_exactly_when_the_protocol_says_so(string field, string rule)
    {
        var pattern = new Regex(rule, RegexOptions.CultureInvariant);
        var characters = Gen.Frequency((12, Gen.Elements("abcz019-_.:AZ".ToCharArray())), (1, Gen.Elements(" \n\0/~!éΩ\ud83d#+".ToCharArray())));
        var texts = Gen.Choose(0, 70).SelectMany(length => Gen.ArrayOf(characters, length)).Select(c => new string(c));
        Prop.ForAll(texts.ToArbitrary(), text => Check(field, text) is null == pattern.IsMatch(text)).QuickCheckThrowOnFailure();
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => Check(field, text) is null == pattern.IsMatch(text ?? "")).QuickCheckThrowOnFailure();
        Assert.NotNull(Check(field, null));
    }

    [Theory]
    [InlineData("deviceId", 3, 64)]
    [InlineData("hardwareId", 3, 64)]
    [InlineData("product", 1, 63)]
    [InlineData("tag", 1, 32)]
    [InlineData("version", 1, 31)]
    [InlineData("name", 1, 80)]
    [InlineData("group", 1, 64)]
    public void The_shortest_and_longest_are_accepted_and_one_more_is_not(string field, int least, int most)
    {
        Assert.NotNull(Check(field, new string('a', least - 1)));
        Assert.Null(Check(field, new string('a', least)));
        Assert.Null(Check(field, new string('a', most)));
        Assert.NotNull(Check(field, new string('a', most + 1)));
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    public void A_name_for_people_has_no_control_characters_and_is_not_blank(string name)
    {
        Assert.NotNull(DeviceFields.CheckName(name));
        Assert.NotNull(DeviceFields.CheckGroup(name));
    }

    [Fact]
    public void Tags_are_at_most_twenty_and_each_once()
    {
        Assert.Null(DeviceFields.CheckTags([]));
        Assert.Null(DeviceFields.CheckTags([.. Enumerable.Range(0, 20).Select(i => $"t{i}")]));
        Assert.NotNull(DeviceFields.CheckTags([.. Enumerable.Range(0, 21).Select(i => $"t{i}")]));
        Assert.NotNull(DeviceFields.CheckTags(["a", "a"]));
        Assert.NotNull(DeviceFields.CheckTags(["A"]));
        Assert.NotNull(DeviceFields.CheckTags([null!]));
        Assert.NotNull(DeviceFields.CheckTags(null));
    }

    [Fact]
    public void Every_hardware_id_makes_a_device_id()
    {
        var characters = Gen.Elements("abzABZ019-_:.".ToCharArray());
        var ids = Gen.Choose(3, 64).SelectMany(length => Gen.ArrayOf(characters, length)).Select(c => new string(c));
        Prop.ForAll(ids.ToArbitrary(), id => DeviceFields.CheckHardwareId(id) is null && DeviceFields.CheckDeviceId(DeviceFields.ToDeviceId(id)) is null).QuickCheckThrowOnFailure();
        Assert.Equal("24-6f-28-aa-bb-cc", DeviceFields.ToDeviceId("24:6F:28:AA:BB:CC"));
    }

    private static string? Check(string field, string? value) => field switch
    {
        "deviceId" => DeviceFields.CheckDeviceId(value),
        "hardwareId" => DeviceFields.CheckHardwareId(value),
        "product" => DeviceFields.CheckProduct(value),
        "chip" => DeviceFields.CheckChip(value),
        "board" => DeviceFields.CheckBoard(value),
        "version" => DeviceFields.CheckVersion(value),
        "slot" => DeviceFields.CheckSlot(value),
        "tag" => DeviceFields.CheckTag(value),
        "name" => DeviceFields.CheckName(value),
        _ => DeviceFields.CheckGroup(value),
    };
}
