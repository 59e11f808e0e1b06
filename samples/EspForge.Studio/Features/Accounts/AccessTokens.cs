using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace EspForge.Studio.Accounts;

/// <summary>Makes the access tokens people's requests carry: JWT, HS256, with a key that stays in the data directory.</summary>
internal sealed class AccessTokens
{
    public const string Issuer = "espforge-studio";
    public const string Audience = "espforge-people";
    public const string SignInClaim = "sid";
    public const string OrganizationClaim = "org";
    public const string RoleClaim = "role";
    public const string NameClaim = "name";
    private const string KeyFile = "access-token.key";
    private const int KeyBytes = 64;

    private readonly SymmetricSecurityKey _key;
    private readonly SigningCredentials _credentials;
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly TimeProvider _time;
    private readonly TimeSpan _lifetime;

    public AccessTokens(DataDirectory data, IOptions<AccountOptions> options, TimeProvider time)
    {
        _time = time;
        _lifetime = TimeSpan.FromMinutes(options.Value.AccessTokenMinutes);
        _key = new SymmetricSecurityKey(data.ReadOrMakeSecret(KeyFile, KeyBytes));
        _credentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256);
    }

    public int LifetimeSeconds => (int)_lifetime.TotalSeconds;

    public TokenValidationParameters Validation => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Audience,
        IssuerSigningKey = _key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = TimeSpan.FromSeconds(30),
        NameClaimType = NameClaim,
        RoleClaimType = RoleClaim,
        LifetimeValidator = (notBefore, expires, _, parameters) =>
        {
            var now = _time.GetUtcNow().UtcDateTime;
            if (expires is null || expires.Value + parameters.ClockSkew < now)
                throw new SecurityTokenExpiredException("The access token has ended.");
            return notBefore is null || notBefore.Value - parameters.ClockSkew <= now;
        },
    };

    public string Issue(StudioUser user, Membership membership, Guid signIn)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + _lifetime,
            SigningCredentials = _credentials,
            Subject = new ClaimsIdentity(
            [
                new Claim(JwtRegisteredClaimNames.Sub, user.Id.ToString("D")),
                new Claim(OrganizationClaim, membership.OrganizationId),
                new Claim(RoleClaim, membership.Role),
                new Claim(NameClaim, user.DisplayName),
                new Claim(SignInClaim, signIn.ToString("D")),
                new Claim(JwtRegisteredClaimNames.Jti, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            ]),
        });
    }
}
