using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Bootstrap;

/// <summary>
/// The code that proves that whoever makes the first administrator can read this host's console. Asked for when others can reach the host; a new one at
/// every start and after ten wrong ones.
/// </summary>
internal sealed class SetupCode(IServer server, IOptions<StudioOptions> options)
{
    private const string Alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    private const int Length = 8;
    private const int MaxWrong = 10;
    private readonly Lock _gate = new();
    private string _code = Make();
    private int _wrong;

    public bool IsNeeded => options.Value.AlwaysAskSetupCode || Addresses().Any(address => !IsLoopback(address));

    public string Current
    {
        get
        {
            lock (_gate)
                return _code;
        }
    }

    /// <summary>Whether this is the code. After too many wrong ones there is a new code, and <paramref name="renewed"/> says so.</summary>
    public bool Check(string? typed, out bool renewed)
    {
        lock (_gate)
        {
            renewed = false;
            var tidy = (typed ?? "").Trim().Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(tidy), Encoding.UTF8.GetBytes(_code)))
                return true;
            if (++_wrong >= MaxWrong)
            {
                _code = Make();
                _wrong = 0;
                renewed = true;
            }

            return false;
        }
    }

    internal static bool IsLoopback(string address)
    {
        // A wildcard such as http://+:5080 is no URI, and is certainly not loopback.
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return false;
        return string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }

    private IEnumerable<string> Addresses() => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private static string Make() => RandomNumberGenerator.GetString(Alphabet, Length);
}
