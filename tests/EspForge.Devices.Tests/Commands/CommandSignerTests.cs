using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Devices.Tests;

public partial class CommandSignerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Secret = CommandSecret.Generate();

    public static TheoryData<string> Names => [.. Vectors().Select(v => v["name"])];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_command_is_judged_as_its_vector_says(string name)
    {
        var vector = Vectors().Single(v => v["name"] == name);
        var nonces = new NonceWindow();
        if (vector.TryGetValue("seen", out var seen))
            nonces.TryRemember(seen, long.MaxValue, 0);
        var command = new CommandEnvelope(
            vector["deviceId"], vector["action"], vector.TryGetValue("params", out var hex) ? Encoding.UTF8.GetString(Convert.FromHexString(hex)) : null,
            vector["requestId"], long.Parse(vector["issuedAt"]), long.Parse(vector["expiresAt"]), vector["nonce"], vector["sig"]);
        var fault = CommandSigner.Verify(Convert.FromHexString(vector["secret"]), command, vector["to"], DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(vector["now"])), nonces);
        Assert.Equal(vector["expect"], fault?.Code ?? "ok");
    }

    [Fact]
    public void There_are_vectors_for_every_answer() =>
        Assert.Equal(
            ["command-device", "command-early", "command-expired", "command-invalid", "command-replayed", "command-signature", "ok"],
            Vectors().Select(v => v["expect"]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void What_was_signed_is_obeyed_once()
    {
        var command = Sign();
        var nonces = new NonceWindow();
        Assert.Null(CommandSigner.Verify(Secret, command, "lamp-01", Now, nonces));
        Assert.Equal("command-replayed", CommandSigner.Verify(Secret, command, "lamp-01", Now, nonces)?.Code);
    }

    [Fact]
    public void A_command_that_was_refused_does_not_use_up_its_nonce()
    {
        var command = Sign();
        var nonces = new NonceWindow();
        Assert.Equal("command-signature", CommandSigner.Verify(Secret, command with { RequestId = "other" }, "lamp-01", Now, nonces)?.Code);
        Assert.Null(CommandSigner.Verify(Secret, command, "lamp-01", Now, nonces));
    }

    [Fact]
    public void A_full_window_refuses_and_makes_room_when_commands_expire()
    {
        var nonces = new NonceWindow(2);
        Assert.Null(CommandSigner.Verify(Secret, Sign(), "lamp-01", Now, nonces));
        Assert.Null(CommandSigner.Verify(Secret, Sign(), "lamp-01", Now, nonces));
        var third = Sign();
        Assert.Equal("command-busy", CommandSigner.Verify(Secret, third, "lamp-01", Now, nonces)?.Code);
        var later = Now.AddMinutes(1);
        Assert.Null(CommandSigner.Verify(Secret, Sign(at: later), "lamp-01", later, nonces));
    }

    [Fact]
    public void Two_commands_never_share_a_nonce() => Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => Sign().Nonce).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [InlineData("Lamp", "go", "r")]
    [InlineData("lamp-01", "", "r")]
    [InlineData("lamp-01", "go\nnow", "r")]
    [InlineData("lamp-01", "go", "")]
    [InlineData("lamp-01", "go", "a\nb")]
    public void A_field_that_could_be_read_two_ways_is_not_signed(string device, string action, string request) =>
        Assert.Equal("command-invalid", CommandSigner.Sign(Secret, device, action, null, request, Now, TimeSpan.FromMinutes(1)).Fault?.Code);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_401)]
    public void A_life_of_nothing_or_of_more_than_a_day_is_not_signed(int seconds) =>
        Assert.Equal("command-invalid", CommandSigner.Sign(Secret, "lamp-01", "go", null, "r", Now, TimeSpan.FromSeconds(seconds)).Fault?.Code);

    [Fact]
    public void A_secret_of_another_length_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => CommandSigner.Sign(new byte[31], "lamp-01", "go", null, "r", Now, TimeSpan.FromMinutes(1)));

    [Fact]
    public void Any_change_of_any_signed_character_is_noticed() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt, byte)>(), pair =>
        {
            var command = Sign("""{"level":7}""");
            var (at, by) = (pair.Item1.Get, (char)('a' + (pair.Item2 % 26)));
            var parameters = command.Params!.ToCharArray();
            var index = at % parameters.Length;
            if (parameters[index] == by)
                return true;
            parameters[index] = by;
            return CommandSigner.Verify(Secret, command with { Params = new string(parameters) }, "lamp-01", Now, new NonceWindow())?.Code == "command-signature";
        }).QuickCheckThrowOnFailure();

    private static CommandEnvelope Sign(string? parameters = null, DateTimeOffset? at = null) =>
        CommandSigner.Sign(Secret, "lamp-01", "relay.set", parameters, "req-1", at ?? Now, TimeSpan.FromSeconds(30)).Value;

    private static List<Dictionary<string, string>> Vectors()
    {
        var file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", "command.vec"));
        return [.. BlankLine().Split(file)
            .Select(block => block.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(": ", 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal))
            .Where(block => block.Count > 0)];
    }

    [GeneratedRegex(@"\n\n+")]
    private static partial Regex BlankLine();
}
