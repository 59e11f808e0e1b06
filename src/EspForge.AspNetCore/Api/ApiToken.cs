using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using EspForge.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore
{
    /// <summary>Options of the one-token scheme.</summary>
    internal sealed class ApiTokenOptions : AuthenticationSchemeOptions
    {
        public byte[] TokenHash { get; set; } = [];

        public string Organization { get; set; } = ApiCaller.DefaultOrganization;
    }

    /// <summary>Lets in who sends the one token, with every permission.</summary>
    internal sealed class ApiTokenHandler(IOptionsMonitor<ApiTokenOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<ApiTokenOptions>(options, logger, encoder)
    {
        public const string SchemeName = "EspForgeApiToken";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (DeviceAuthentication.Bearer(Request) is not { } sent)
                return Task.FromResult(AuthenticateResult.NoResult());
            if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent)), Options.TokenHash))
                return Task.FromResult(AuthenticateResult.Fail("The token is another."));
            var identity = new ClaimsIdentity(
                [new Claim("actor", "key:api-token"), new Claim("sub", "api-token"), new Claim("org", Options.Organization), .. Permissions.All.Select(p => new Claim(Permissions.ClaimType, p))],
                Scheme.Name, "sub", roleType: null);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Protects the people's API where there are no accounts.</summary>
    public static class EspForgeApiTokenExtensions
    {
        /// <summary>Fewest characters of the token.</summary>
        public const int MinimumTokenLength = 32;

        /// <summary>
        /// Lets in whoever sends <c>Authorization: Bearer TOKEN</c>, with every permission, and makes that the default scheme. For a host without accounts; keep the
        /// token in configuration that is no file of the repository: an environment variable or a secret store.
        /// </summary>
        /// <param name="builder">What <c>AddEspForge()</c> returned.</param>
        /// <param name="token">At least 32 characters. Throws <see cref="ArgumentException"/> when it is shorter or missing, so that a host never starts unprotected.</param>
        /// <param name="organization">The organization of its caller.</param>
        public static IEspForgeBuilder AddApiToken(this IEspForgeBuilder builder, string? token, string organization = ApiCaller.DefaultOrganization)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentException.ThrowIfNullOrEmpty(organization);
            if (token is null || token.Length < MinimumTokenLength)
                throw new ArgumentException($"Set an API token of at least {MinimumTokenLength} characters, for example ApiToken=$(openssl rand -hex 32).", nameof(token));
            builder.Services.AddAuthentication(ApiTokenHandler.SchemeName).AddScheme<ApiTokenOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, options =>
            {
                options.TokenHash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
                options.Organization = organization;
            });
            return builder;
        }
    }
}
