# Somebody signs up at the shop.
class SignUp
  def call(address:)
    Customer.create!(address:)
  end
end
